"""A paho client whose callbacks end in queues, for MQTT 3.1.1 and 5.0, and for paho 1.6 and 2.x."""
import json
import queue
import sys

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

LIMIT = 30  # seconds that an event may take
PORT = int(sys.argv[1])
V5 = sys.argv[2] == "5.0"


def say(**facts):
    """Tells the test something, as one line of JSON."""
    print(json.dumps(facts), flush=True)


class Client:
    def __init__(self, client_id, clean=True, will=None):
        self.messages, self._connacks, self._subacks = queue.Queue(), queue.Queue(), queue.Queue()
        self._clean = clean
        version = {"protocol": mqtt.MQTTv5} if V5 else {"protocol": mqtt.MQTTv311, "clean_session": clean}
        callbacks = [mqtt.CallbackAPIVersion.VERSION1] if hasattr(mqtt, "CallbackAPIVersion") else []
        self._paho = mqtt.Client(*callbacks, client_id=client_id, **version)
        self._paho.on_connect = lambda _c, _u, flags, code, *_: self._connacks.put((int(getattr(code, "value", code)), flags["session present"]))
        self._paho.on_subscribe = lambda *_: self._subacks.put(True)
        self._paho.on_message = lambda _c, _u, message: self.messages.put(message)
        if will:
            self._paho.will_set(*will)

    def connect(self):
        """Connects; tells whether a session went on."""
        terms = {}
        if V5:
            terms = {"clean_start": self._clean, "properties": Properties(PacketTypes.CONNECT)}
            terms["properties"].SessionExpiryInterval = 0 if self._clean else 3600
        self._paho.connect("127.0.0.1", PORT, **terms)
        self._paho.loop_start()
        code, session_present = self._connacks.get(timeout=LIMIT)
        if code != 0:
            raise RuntimeError(f"refused with {code}")
        return bool(session_present)

    def subscribe(self, topic_filter, qos):
        self._paho.subscribe(topic_filter, qos)
        self._subacks.get(timeout=LIMIT)

    def publish(self, topic, payload, qos=1, retain=False):
        """Publishes; returns once it is acknowledged, or sent at QoS 0."""
        sent = self._paho.publish(topic, payload, qos, retain)
        sent.wait_for_publish(LIMIT)
        if not sent.is_published():
            raise RuntimeError(f"{topic} was not acknowledged")

    def receive(self):
        return self.messages.get(timeout=LIMIT)

    def disconnect(self):
        self._paho.disconnect()
        self._paho.loop_stop()

    def vanish(self):
        """Goes without a DISCONNECT."""
        self._paho.loop_stop()
        self._paho._sock_close()
