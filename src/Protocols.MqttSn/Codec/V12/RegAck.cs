using Edge.Messaging.Wire;

namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>REGACK, the answer to REGISTER (MQTT-SN 1.2 §5.4.11).</summary>
/// <remarks>
/// <code>
/// Length | MsgType=0x0B | TopicId | MsgId | ReturnCode
///   1    |      1       |    2    |   2   |     1        octets
/// </code>
/// </remarks>
internal readonly record struct RegAck(ushort TopicId, ushort MsgId, MqttSnReturnCode ReturnCode) : IMqttSnMessage<RegAck>
{
    public static MqttSnMessageType Type => MqttSnMessageType.RegAck;

    public int Size => MqttSnFrame.SizeOf(bodyLength: 5);

    public static bool TryParse(scoped ref WireReader body, out RegAck message, out ParseError error)
    {
        message = new RegAck(body.ReadUInt16(), body.ReadUInt16(), (MqttSnReturnCode)body.ReadByte());
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
