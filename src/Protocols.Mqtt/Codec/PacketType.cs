namespace Edge.Protocols.Mqtt.Codec;

/// <summary>MQTT Control Packet type, the upper half of the first octet (MQTT 5.0 §2.1.2).</summary>
public enum PacketType : byte
{
    /// <summary>Reserved; no packet has it.</summary>
    Reserved = 0,

    /// <summary>Client asks for a connection.</summary>
    Connect = 1,

    /// <summary>Server answers CONNECT.</summary>
    ConnAck = 2,

    /// <summary>An Application Message.</summary>
    Publish = 3,

    /// <summary>QoS 1 is done.</summary>
    PubAck = 4,

    /// <summary>QoS 2, first answer: received.</summary>
    PubRec = 5,

    /// <summary>QoS 2, second question: release.</summary>
    PubRel = 6,

    /// <summary>QoS 2, second answer: complete.</summary>
    PubComp = 7,

    /// <summary>Client subscribes.</summary>
    Subscribe = 8,

    /// <summary>Server answers SUBSCRIBE.</summary>
    SubAck = 9,

    /// <summary>Client unsubscribes.</summary>
    Unsubscribe = 10,

    /// <summary>Server answers UNSUBSCRIBE.</summary>
    UnsubAck = 11,

    /// <summary>Client shows that it lives.</summary>
    PingReq = 12,

    /// <summary>Server answers PINGREQ.</summary>
    PingResp = 13,

    /// <summary>Last packet of a connection.</summary>
    Disconnect = 14,

    /// <summary>Enhanced authentication; MQTT 5.0 only.</summary>
    Auth = 15,
}
