using Edge.Messaging.Wire;

namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>UNSUBACK, the answer to UNSUBSCRIBE (MQTT-SN 1.2 §5.4.18).</summary>
/// <remarks>
/// <code>
/// Length | MsgType=0x15 | MsgId
///   1    |      1       |   2     octets
/// </code>
/// </remarks>
internal readonly record struct UnsubAck(ushort MsgId) : IMqttSnMessage<UnsubAck>
{
    public static MqttSnMessageType Type => MqttSnMessageType.UnsubAck;

    public int Size => MqttSnFrame.SizeOf(bodyLength: 2);

    public static bool TryParse(scoped ref WireReader body, out UnsubAck message, out ParseError error)
    {
        message = new UnsubAck(body.ReadUInt16());
        return MqttSnFrame.Ends(body, out error);
    }

    public void Write(Span<byte> destination)
    {
        var body = MqttSnFrame.Begin(destination, Size, Type);
        body.WriteUInt16(MsgId);
    }
}
