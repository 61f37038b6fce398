namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>ReturnCode (MQTT-SN 1.2 §5.3.12). A receiver takes a reserved value for a rejection.</summary>
internal enum MqttSnReturnCode : byte
{
    Accepted = 0x00,

    /// <summary>Rejected: congestion. The other side may try again after a while.</summary>
    Congestion = 0x01,

    /// <summary>Rejected: invalid topic ID. The other side registers the topic again.</summary>
    InvalidTopicId = 0x02,

    /// <summary>Rejected: not supported.</summary>
    NotSupported = 0x03,
}
