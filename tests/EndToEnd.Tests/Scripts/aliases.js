// MQTT.js with MQTT 5.0: Topic Aliases both ways, then a Will with a delay. Prints what it sees, one JSON array a line.
// node aliases.js URL
const mqtt = require("mqtt");

const options = { protocolVersion: 5, reconnectPeriod: 0 };
const give = (fault) => {
  console.error(fault);
  process.exit(1);
};
const connect = (more) => {
  const client = mqtt.connect(process.argv[2], { ...options, ...more });
  client.on("error", give);
  return client;
};
const say = (...words) => console.log(JSON.stringify(words));

const watcher = connect({ clientId: "watcher", topicAliasMaximum: 5 });
let seen = 0;

// What the gateway wrote, before MQTT.js puts the topic back in.
watcher.on("packetreceive", (packet) => {
  if (packet.cmd === "publish") {
    say("wire", packet.topic, packet.properties && packet.properties.topicAlias);
  }
});
watcher.on("message", (topic, payload) => {
  say("message", topic, payload.toString());
  if (++seen === 3) {
    wait();
  } else if (topic === "wills/lost") {
    watcher.end();
  }
});
watcher.on("connect", () =>
  watcher.subscribe(["a/long/topic", "wills/+"], { qos: 1 }, (fault) => (fault ? give(fault) : publish())));

function publish() {
  const publisher = connect({ clientId: "publisher", autoAssignTopicAlias: true });
  publisher.on("packetsend", (packet) => {
    if (packet.cmd === "publish") {
      say("sent", packet.topic, packet.properties && packet.properties.topicAlias);
    }
  });
  publisher.on("connect", async () => {
    for (const payload of ["1", "2", "3"]) {
      await new Promise((done) => publisher.publish("a/long/topic", payload, { qos: 1 }, (fault) => (fault ? give(fault) : done())));
    }

    publisher.end();
  });
}

// Two go without a word: one comes back before its Will is due, the other does not.
function wait() {
  const will = (topic, willDelayInterval) => ({ topic, payload: "gone", qos: 1, properties: { willDelayInterval } });
  const session = { clean: false, properties: { sessionExpiryInterval: 60 } };
  const back = connect({ clientId: "back", ...session, will: will("wills/back", 2) });
  back.on("connect", () => back.stream.destroy());
  back.on("close", () => {
    const again = connect({ clientId: "back", ...session });
    again.on("connect", (answer) => {
      say("session present", answer.sessionPresent);
      const lost = connect({ clientId: "lost", ...session, will: will("wills/lost", 3) });
      lost.on("connect", () => lost.stream.destroy());
      watcher.on("close", () => again.end());
    });
  });
}
