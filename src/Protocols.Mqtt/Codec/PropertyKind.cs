namespace Edge.Protocols.Mqtt.Codec;

/// <summary>How a property's value is coded (MQTT 5.0 §1.5).</summary>
internal enum PropertyKind : byte
{
    Unknown = 0,
    Byte,
    TwoByte,
    FourByte,
    Variable,
    Text,
    Topic,
    Binary,
    TextPair,
}
