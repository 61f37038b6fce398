"""Leaves a retained message, finds it, clears it, and finds it no more."""
from client import Client, say


def first_message(client_id):
    """What a new subscriber gets first; a message published afterwards marks the end of the retained ones."""
    subscriber = Client(client_id)
    subscriber.connect()
    subscriber.subscribe("state/#", 1)
    publisher.publish("state/end", "", 1)
    message = subscriber.receive()
    subscriber.disconnect()
    return message


publisher = Client("paho-publisher")
publisher.connect()
publisher.publish("state/valve", "open", 1, retain=True)
message = first_message("paho-before")
say(topic=message.topic, text=message.payload.decode(), retain=bool(message.retain))
publisher.publish("state/valve", "", 1, retain=True)
message = first_message("paho-after")
say(topic=message.topic, text=message.payload.decode(), retain=bool(message.retain))
publisher.disconnect()
