// MQTT.js: subscribes, publishes at each QoS, prints what comes back, one JSON array a line.
// node exchange.js URL VERSION [CA] [CERTIFICATE KEY]
const { readFileSync } = require("fs");
const mqtt = require("mqtt");

const [url, version, ca, certificate, key] = process.argv.slice(2);
const client = mqtt.connect(url, {
  protocolId: version === "3" ? "MQIsdp" : "MQTT",
  protocolVersion: Number(version),
  reconnectPeriod: 0,
  ca: ca && readFileSync(ca),
  cert: certificate && readFileSync(certificate),
  key: key && readFileSync(key),
});

const give = (fault) => {
  console.error(fault);
  process.exit(1);
};
let awaited = 3;

client.on("error", give);
client.on("close", () => awaited > 0 && give("closed too early"));
client.on("connect", () =>
  client.subscribe("node/#", { qos: 2 }, (fault) => {
    if (fault) {
      give(fault);
    }

    for (const qos of [0, 1, 2]) {
      client.publish(`node/${qos}`, "x".repeat(100000), { qos }, (refused) => refused && give(refused));
    }
  }));
client.on("message", (topic, payload, packet) => {
  console.log(JSON.stringify([topic, payload.length, packet.qos]));
  if (--awaited === 0) {
    client.end();
  }
});
