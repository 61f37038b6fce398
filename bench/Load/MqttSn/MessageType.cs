namespace Edge.Load.MqttSn;

/// <summary>MsgType of the MQTT-SN messages that a load sends or expects (MQTT-SN 1.2 §5.2.2).</summary>
internal static class MessageType
{
    internal const byte Connect = 0x04;
    internal const byte ConnAck = 0x05;
    internal const byte Register = 0x0A;
    internal const byte RegAck = 0x0B;
    internal const byte Publish = 0x0C;
    internal const byte PubAck = 0x0D;
    internal const byte Disconnect = 0x18;
}
