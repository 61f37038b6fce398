using Edge.Messaging.Wire;

namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>PUBCOMP, a QoS 2 exchange is over (MQTT-SN 1.2 §5.4.14).</summary>
/// <remarks>
/// <code>
/// Length | MsgType=0x0E | MsgId
///   1    |      1       |   2     octets
/// </code>
/// </remarks>
internal readonly record struct PubComp(ushort MsgId) : IMqttSnMessage<PubComp>
{
    public static MqttSnMessageType Type => MqttSnMessageType.PubComp;

    public int Size => MqttSnFrame.SizeOf(bodyLength: 2);

    public static bool TryParse(scoped ref WireReader body, out PubComp message, out ParseError error)
    {
        message = new PubComp(body.ReadUInt16());
        return MqttSnFrame.Ends(body, out error) && MqttSnFrame.HasMsgId(message.MsgId, out error);
    }

    public void Write(Span<byte> destination)
    {
        var body = MqttSnFrame.Begin(destination, Size, Type);
        body.WriteUInt16(MsgId);
    }
}
