using Edge.Messaging.Wire;

namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>SUBSCRIBE, a client asks for the messages of a topic (MQTT-SN 1.2 §5.4.15).</summary>
/// <remarks>
/// <code>
/// Length | MsgType=0x12 | Flags | MsgId | TopicName or TopicId
///  1 / 3 |      1       |   1   |   2   |      1..n or 2         octets
/// </code>
/// Flags: DUP, QoS and TopicIdType.
/// </remarks>
internal readonly ref struct Subscribe : IMqttSnMessage<Subscribe>
{
    public static MqttSnMessageType Type => MqttSnMessageType.Subscribe;

    public bool Dup { get; init; }

    /// <summary>Highest QoS wanted.</summary>
    public MqttSnQos Qos { get; init; }

    public ushort MsgId { get; init; }

    public TopicIdType TopicIdType { get; init; }

    /// <summary>Topic Filter in UTF-8, or the two octets of a topic id or short topic name, as <see cref="TopicIdType"/> says.</summary>
    public ReadOnlySpan<byte> Topic { get; init; }

    public int Size => MqttSnFrame.SizeOf(3 + Topic.Length);

    public static bool TryParse(scoped ref WireReader body, out Subscribe message, out ParseError error)
    {
        var flags = new Flags(body.ReadByte());
        message = new Subscribe
        {
            Dup = flags.Dup,
            Qos = flags.Qos,
            MsgId = body.ReadUInt16(),
            TopicIdType = flags.TopicIdType,
            Topic = body.ReadToEnd(),
        };
        error = body.IsTruncated ? ParseError.Truncated : MqttSnFrame.CheckTopic(message.TopicIdType, message.Topic);
        return error == ParseError.None;
    }

    public void Write(Span<byte> destination)
    {
        var body = MqttSnFrame.Begin(destination, Size, Type);
        body.WriteByte(new Flags { Dup = Dup, Qos = Qos, TopicIdType = TopicIdType }.Value);
        body.WriteUInt16(MsgId);
        body.WriteBytes(Topic);
    }
}
