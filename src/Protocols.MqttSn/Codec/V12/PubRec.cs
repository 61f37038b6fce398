using Edge.Messaging.Wire;

namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>PUBREC, the receiver has a QoS 2 message (MQTT-SN 1.2 §5.4.14).</summary>
/// <remarks>
/// <code>
/// Length | MsgType=0x0F | MsgId
///   1    |      1       |   2     octets
/// </code>
/// </remarks>
internal readonly record struct PubRec(ushort MsgId) : IMqttSnMessage<PubRec>
{
    public static MqttSnMessageType Type => MqttSnMessageType.PubRec;

    public int Size => MqttSnFrame.SizeOf(bodyLength: 2);

    public static bool TryParse(scoped ref WireReader body, out PubRec message, out ParseError error)
    {
        message = new PubRec(body.ReadUInt16());
        return MqttSnFrame.Ends(body, out error) && MqttSnFrame.HasMsgId(message.MsgId, out error);
    }

    public void Write(Span<byte> destination)
    {
        var body = MqttSnFrame.Begin(destination, Size, Type);
        body.WriteUInt16(MsgId);
    }
}
