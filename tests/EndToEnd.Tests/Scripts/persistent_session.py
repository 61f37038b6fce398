"""Subscribes, goes, comes back, and tells what waited for it."""
from client import Client, say

first = Client("paho-persistent", clean=False)
say(session_present=first.connect())
first.subscribe("orders/#", 2)
first.disconnect()

publisher = Client("paho-publisher")
publisher.connect()
for number in range(1, 101):
    publisher.publish("orders/new", str(number), 1 + number % 2)
publisher.disconnect()

again = Client("paho-persistent", clean=False)
say(session_present=again.connect())
messages = [again.receive() for _ in range(100)]
for qos in (1, 2):  # Order holds within a QoS: at QoS 2 paho hands a message over at its PUBREL.
    say(qos=qos, numbers=[int(message.payload) for message in messages if message.qos == qos])
again.disconnect()
