"""Publishes at every QoS, and 200 KB at once, and tells what comes back."""
import hashlib

from client import Client, say

subscriber, publisher = Client("paho-subscriber"), Client("paho-publisher")
subscriber.connect()
publisher.connect()
subscriber.subscribe("plant/#", 2)
for qos in (0, 1, 2):
    publisher.publish(f"plant/{qos}", f"at {qos}", qos)
    message = subscriber.receive()
    say(topic=message.topic, text=message.payload.decode(), qos=message.qos, retain=bool(message.retain))

large = bytes(i * 31 % 256 for i in range(200_000))
publisher.publish("plant/large", large, 1)
message = subscriber.receive()
say(topic=message.topic, octets=len(message.payload), same=hashlib.sha256(message.payload).digest() == hashlib.sha256(large).digest())
subscriber.disconnect()
publisher.disconnect()
