using Edge.Messaging.Wire;

namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>REGISTER, one side gives a Topic Name a topic id, or asks for one (MQTT-SN 1.2 §5.4.10).</summary>
/// <remarks>
/// <code>
/// Length | MsgType=0x0A | TopicId | MsgId | TopicName
///  1 / 3 |      1       |    2    |   2   |   1..n      octets
/// </code>
/// </remarks>
internal readonly ref struct Register : IMqttSnMessage<Register>
{
    public static MqttSnMessageType Type => MqttSnMessageType.Register;

    /// <summary>The topic id given; 0 when a client asks.</summary>
    public ushort TopicId { get; init; }

    public ushort MsgId { get; init; }

    /// <summary>Topic Name in UTF-8.</summary>
    public ReadOnlySpan<byte> TopicName { get; init; }

    public int Size => SizeWith(TopicName.Length);

    /// <summary>Octets of a REGISTER of a name of so many octets.</summary>
    public static int SizeWith(int nameLength) => MqttSnFrame.SizeOf(4 + nameLength);

    public static bool TryParse(scoped ref WireReader body, out Register message, out ParseError error)
    {
        message = new Register
        {
            TopicId = body.ReadUInt16(),
            MsgId = body.ReadUInt16(),
            TopicName = body.ReadToEnd(),
        };
        error = body.IsTruncated ? ParseError.Truncated
              : message.TopicName.IsEmpty ? ParseError.InvalidTopic
              : !Utf8Text.IsValid(message.TopicName) ? ParseError.InvalidText
              : ParseError.None;
        return error == ParseError.None;
    }

    public void Write(Span<byte> destination)
    {
        var body = MqttSnFrame.Begin(destination, Size, Type);
        body.WriteUInt16(TopicId);
        body.WriteUInt16(MsgId);
        body.WriteBytes(TopicName);
    }
}
