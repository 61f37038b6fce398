using Edge.Messaging.Wire;

namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>PUBREL, the sender of a QoS 2 message knows that it was received (MQTT-SN 1.2 §5.4.14).</summary>
/// <remarks>
/// <code>
/// Length | MsgType=0x10 | MsgId
///   1    |      1       |   2     octets
/// </code>
/// </remarks>
internal readonly record struct PubRel(ushort MsgId) : IMqttSnMessage<PubRel>
{
    public static MqttSnMessageType Type => MqttSnMessageType.PubRel;

    public int Size => MqttSnFrame.SizeOf(bodyLength: 2);

    public static bool TryParse(scoped ref WireReader body, out PubRel message, out ParseError error)
    {
        message = new PubRel(body.ReadUInt16());
        return MqttSnFrame.Ends(body, out error) && MqttSnFrame.HasMsgId(message.MsgId, out error);
    }

    public void Write(Span<byte> destination)
    {
        var body = MqttSnFrame.Begin(destination, Size, Type);
        body.WriteUInt16(MsgId);
    }
}
