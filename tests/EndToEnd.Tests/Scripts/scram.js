// MQTT.js with SCRAM as RFC 5802 and Node's crypto have it: authenticates, connects, authenticates anew, publishes to itself.
// node scram.js URL SHA-256|SHA-512 USER PASSWORD [PASSWORD-OF-THE-SECOND-TIME]
const crypto = require("crypto");
const mqtt = require("mqtt");

const [url, hash, user, password, secondPassword] = process.argv.slice(2);
const authenticationMethod = `SCRAM-${hash}`;
const algorithm = hash.replace("-", "").toLowerCase();
const hmac = (key, text) => crypto.createHmac(algorithm, key).update(text).digest();

class Scram {
  constructor(password) {
    this.password = password;
    this.first = `n=${user},r=${crypto.randomBytes(18).toString("base64")}`;
  }

  begin() {
    return Buffer.from(`n,,${this.first}`);
  }

  answer(data) {
    const challenge = data.toString();
    const [, nonce, salt, iterations] = /^r=([^,]+),s=([^,]+),i=(\d+)$/.exec(challenge);
    const salted = crypto.pbkdf2Sync(this.password, Buffer.from(salt, "base64"), Number(iterations), hmac("", "").length, algorithm);
    const clientKey = hmac(salted, "Client Key");
    const final = `c=biws,r=${nonce}`;
    const messages = `${this.first},${challenge},${final}`;
    const signature = hmac(crypto.createHash(algorithm).update(clientKey).digest(), messages);
    this.expected = `v=${hmac(hmac(salted, "Server Key"), messages).toString("base64")}`;
    return Buffer.from(`${final},p=${clientKey.map((octet, i) => octet ^ signature[i]).toString("base64")}`);
  }

  verify(properties) {
    if (properties.authenticationMethod !== authenticationMethod || properties.authenticationData.toString() !== this.expected) {
      throw new Error("this is not the server");
    }
  }
}

const give = (fault) => {
  console.error(fault.code === undefined ? fault : `refused with ${fault.code}`);
  process.exit(1);
};
let scram = new Scram(password);
const client = mqtt.connect(url, {
  protocolVersion: 5,
  reconnectPeriod: 0,
  properties: { authenticationMethod, authenticationData: scram.begin() },
});

client.handleAuth = (packet, answer) => {
  if (packet.reasonCode === 0x18) {
    const authenticationData = scram.answer(packet.properties.authenticationData);
    answer(null, { cmd: "auth", reasonCode: 0x18, properties: { authenticationMethod, authenticationData } });
    return;
  }

  scram.verify(packet.properties);
  console.log("authenticated anew");
  client.publish("scram", "x", { qos: 1 });
};
client.on("error", give);
client.on("disconnect", (packet) => give({ code: packet.reasonCode }));
client.on("connect", (packet) => {
  scram.verify(packet.properties);
  console.log("connected");
  client.subscribe("scram", { qos: 1 }, () => {
    scram = new Scram(secondPassword || password);
    const properties = { authenticationMethod, authenticationData: scram.begin() };
    client._sendPacket({ cmd: "auth", reasonCode: 0x19, properties });
  });
});
client.on("message", (topic) => {
  console.log(`got ${topic}`);
  client.end();
});
