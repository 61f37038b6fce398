using Edge.Messaging.Wire;

namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>PUBLISH, application data for one topic (MQTT-SN 1.2 §5.4.12).</summary>
/// <remarks>
/// <code>
/// Length | MsgType=0x0C | Flags | TopicId | MsgId | Data
///  1 / 3 |      1       |   1   |    2    |   2   | 0..n   octets
/// </code>
/// Flags: DUP, QoS, Retain and TopicIdType.
/// </remarks>
internal readonly ref struct Publish : IMqttSnMessage<Publish>
{
    public static MqttSnMessageType Type => MqttSnMessageType.Publish;

    public bool Dup { get; init; }

    public MqttSnQos Qos { get; init; }

    public bool Retain { get; init; }

    public TopicIdType TopicIdType { get; init; }

    /// <summary>Topic id, or the two characters of a short topic name (§6.7), as <see cref="TopicIdType"/> says.</summary>
    public ushort TopicId { get; init; }

    /// <summary>Message id; 0 unless <see cref="Qos"/> is 1 or 2.</summary>
    public ushort MsgId { get; init; }

    public ReadOnlySpan<byte> Data { get; init; }

    public int Size => SizeWith(Data.Length);

    /// <summary>Octets of a PUBLISH with so much data.</summary>
    public static int SizeWith(int dataLength) => MqttSnFrame.SizeOf(5 + dataLength);

    public static bool TryParse(scoped ref WireReader body, out Publish message, out ParseError error)
    {
        var flags = new Flags(body.ReadByte());
        message = new Publish
        {
            Dup = flags.Dup,
            Qos = flags.Qos,
            Retain = flags.Retain,
            TopicIdType = flags.TopicIdType,
            TopicId = body.ReadUInt16(),
            MsgId = body.ReadUInt16(),
            Data = body.ReadToEnd(),
        };

        // MsgId 0 is refused at QoS 2 only, where it names the message for longer than one exchange. Small clients wrap to it at QoS 1.
        error = body.IsTruncated ? ParseError.Truncated
              : message.TopicIdType == TopicIdType.Reserved ? ParseError.ReservedValue
              : message is { Qos: MqttSnQos.ExactlyOnce, MsgId: 0 } ? ParseError.InvalidValue
              : ParseError.None;
        return error == ParseError.None;
    }

    public void Write(Span<byte> destination)
    {
        var body = MqttSnFrame.Begin(destination, Size, Type);
        body.WriteByte(new Flags { Dup = Dup, Qos = Qos, Retain = Retain, TopicIdType = TopicIdType }.Value);
        body.WriteUInt16(TopicId);
        body.WriteUInt16(MsgId);
        body.WriteBytes(Data);
    }
}
