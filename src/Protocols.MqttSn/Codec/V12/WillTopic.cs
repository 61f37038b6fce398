using Edge.Messaging.Wire;

namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>WILLTOPIC, the topic of the Will, asked for by WILLTOPICREQ (MQTT-SN 1.2 §5.4.7).</summary>
/// <remarks>
/// <code>
/// Length | MsgType=0x07 | Flags | WillTopic
///   1    |      1       | 0 / 1 |   0..n      octets
/// </code>
/// Flags: QoS and Retain. Without Flags and topic it deletes the Will.
/// </remarks>
internal readonly ref struct WillTopic : IMqttSnMessage<WillTopic>
{
    public static MqttSnMessageType Type => MqttSnMessageType.WillTopic;

    public MqttSnQos Qos { get; init; }

    public bool Retain { get; init; }

    /// <summary>Topic Name in UTF-8; empty deletes the Will.</summary>
    public ReadOnlySpan<byte> Topic { get; init; }

    public int Size => MqttSnFrame.SizeOf(Topic.IsEmpty ? 0 : 1 + Topic.Length);

    public static bool TryParse(scoped ref WireReader body, out WillTopic message, out ParseError error)
    {
        if (body.Remaining == 0)
        {
            message = default;
            error = ParseError.None;
            return true;
        }

        var flags = new Flags(body.ReadByte());
        message = new WillTopic { Qos = flags.Qos, Retain = flags.Retain, Topic = body.ReadToEnd() };
        error = message.Topic.IsEmpty ? ParseError.InvalidTopic
              : !Utf8Text.IsValid(message.Topic) ? ParseError.InvalidText
              : ParseError.None;
        return error == ParseError.None;
    }

    public void Write(Span<byte> destination)
    {
        var body = MqttSnFrame.Begin(destination, Size, Type);
        if (!Topic.IsEmpty)
        {
            body.WriteByte(new Flags { Qos = Qos, Retain = Retain }.Value);
            body.WriteBytes(Topic);
        }
    }
}
