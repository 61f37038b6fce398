namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>What a topic field holds (MQTT-SN 1.2 §5.3.4).</summary>
internal enum TopicIdType : byte
{
    /// <summary>A registered topic id; in SUBSCRIBE and UNSUBSCRIBE a Topic Name or Topic Filter.</summary>
    Normal = 0b00,

    /// <summary>A topic id agreed in advance.</summary>
    Predefined = 0b01,

    /// <summary>The two characters of a short topic name.</summary>
    ShortName = 0b10,

    Reserved = 0b11,
}
