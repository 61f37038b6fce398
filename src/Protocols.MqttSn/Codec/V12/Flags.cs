namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>Flags (MQTT-SN 1.2 §5.3.4). A message that does not use a flag neither sets nor reads it.</summary>
/// <remarks>
/// <code>
/// DUP | QoS  | Retain | Will | CleanSession | TopicIdType
///  7  | 6, 5 |   4    |  3   |      2       |    1, 0     bits
/// </code>
/// </remarks>
internal readonly record struct Flags(byte Value)
{
    public bool Dup
    {
        get => (Value & 0x80) != 0;
        init => Value |= (byte)(value ? 0x80 : 0);
    }

    public MqttSnQos Qos
    {
        get => (MqttSnQos)((Value >> 5) & 0b11);
        init => Value |= (byte)((int)value << 5);
    }

    public bool Retain
    {
        get => (Value & 0x10) != 0;
        init => Value |= (byte)(value ? 0x10 : 0);
    }

    public bool Will
    {
        get => (Value & 0x08) != 0;
        init => Value |= (byte)(value ? 0x08 : 0);
    }

    public bool CleanSession
    {
        get => (Value & 0x04) != 0;
        init => Value |= (byte)(value ? 0x04 : 0);
    }

    public TopicIdType TopicIdType
    {
        get => (TopicIdType)(Value & 0b11);
        init => Value |= (byte)value;
    }
}
