"""Goes without a good-bye, and tells what its Will said; then with one, and tells that it said nothing."""
from client import Client, say

watcher = Client("paho-watcher")
watcher.connect()
watcher.subscribe("wills/#", 2)

lost = Client("paho-lost", will=("wills/lost", "gone", 2, False))
lost.connect()
lost.vanish()
message = watcher.receive()
say(topic=message.topic, text=message.payload.decode(), qos=message.qos)

polite = Client("paho-polite", will=("wills/polite", "gone", 2, False))
polite.connect()
polite.disconnect()
watcher.publish("wills/end", "", 2)
message = watcher.receive()
say(topic=message.topic)
watcher.disconnect()
