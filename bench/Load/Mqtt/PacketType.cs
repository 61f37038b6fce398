namespace Edge.Load.Mqtt;

/// <summary>First octets of the MQTT packets that a load sends or expects, with the flags that the specification reserves.</summary>
internal static class PacketType
{
    internal const byte Connect = 0x10;
    internal const byte ConnAck = 0x20;
    internal const byte Publish = 0x30;
    internal const byte PubAck = 0x40;
    internal const byte PubRec = 0x50;
    internal const byte PubRel = 0x62;
    internal const byte PubComp = 0x70;
    internal const byte Subscribe = 0x82;
    internal const byte SubAck = 0x90;
    internal const byte Disconnect = 0xE0;
}
