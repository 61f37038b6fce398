using Edge.Messaging.Wire;

namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>SUBACK, the answer to SUBSCRIBE (MQTT-SN 1.2 §5.4.16).</summary>
/// <remarks>
/// <code>
/// Length | MsgType=0x13 | Flags | TopicId | MsgId | ReturnCode
///   1    |      1       |   1   |    2    |   2   |     1        octets
/// </code>
/// Flags: QoS. TopicId is 0 for a filter with wildcards and for a short topic name.
/// </remarks>
internal readonly record struct SubAck(MqttSnQos Qos, ushort TopicId, ushort MsgId, MqttSnReturnCode ReturnCode) : IMqttSnMessage<SubAck>
{
    public static MqttSnMessageType Type => MqttSnMessageType.SubAck;

    public int Size => MqttSnFrame.SizeOf(bodyLength: 6);

    public static bool TryParse(scoped ref WireReader body, out SubAck message, out ParseError error)
    {
        message = new SubAck(new Flags(body.ReadByte()).Qos, body.ReadUInt16(), body.ReadUInt16(), (MqttSnReturnCode)body.ReadByte());
        return MqttSnFrame.Ends(body, out error);
    }

    public void Write(Span<byte> destination)
    {
        var body = MqttSnFrame.Begin(destination, Size, Type);
        body.WriteByte(new Flags { Qos = Qos }.Value);
        body.WriteUInt16(TopicId);
        body.WriteUInt16(MsgId);
        body.WriteByte((byte)ReturnCode);
    }
}
