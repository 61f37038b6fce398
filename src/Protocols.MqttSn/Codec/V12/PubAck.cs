using Edge.Messaging.Wire;

namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>PUBACK, the answer to a PUBLISH of QoS 1, and to one of any QoS that was refused (MQTT-SN 1.2 §5.4.13).</summary>
/// <remarks>
/// <code>
/// Length | MsgType=0x0D | TopicId | MsgId | ReturnCode
///   1    |      1       |    2    |   2   |     1        octets
/// </code>
/// </remarks>
internal readonly record struct PubAck(ushort TopicId, ushort MsgId, MqttSnReturnCode ReturnCode) : IMqttSnMessage<PubAck>
{
    public static MqttSnMessageType Type => MqttSnMessageType.PubAck;

    public int Size => MqttSnFrame.SizeOf(bodyLength: 5);

    public static bool TryParse(scoped ref WireReader body, out PubAck message, out ParseError error)
    {
        message = new PubAck(body.ReadUInt16(), body.ReadUInt16(), (MqttSnReturnCode)body.ReadByte());
        return MqttSnFrame.Ends(body, out error);
    }

    public void Write(Span<byte> destination)
    {
        var body = MqttSnFrame.Begin(destination, Size, Type);
        body.WriteUInt16(TopicId);
        body.WriteUInt16(MsgId);
        body.WriteByte((byte)ReturnCode);
    }
}
