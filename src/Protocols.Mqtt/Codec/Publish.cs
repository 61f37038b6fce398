using Edge.Messaging;
using Edge.Messaging.Wire;

namespace Edge.Protocols.Mqtt.Codec;

/// <summary>PUBLISH, an Application Message (MQTT 5.0 §3.3, MQTT 3.1.1 §3.3).</summary>
/// <remarks>
/// <code>
/// 0011 DUP QoS(2) RETAIN | Remaining Length | Topic Name | Packet Identifier | Properties (5.0) | Payload
///            1           |      1..4        |   2 + n    |  2, at QoS 1, 2   |     1..          |  0..n   octets
/// </code>
/// This is a view: topic and payload lie in the frame. What is written from a <see cref="Message"/> is an <see cref="OutgoingPublish"/>.
/// </remarks>
public readonly ref struct Publish
{
    /// <summary>Whether it may have been sent before.</summary>
    public bool Dup { get; init; }

    /// <summary>Quality of Service.</summary>
    public QualityOfService Qos { get; init; }

    /// <summary>RETAIN.</summary>
    public bool Retain { get; init; }

    /// <summary>Topic Name in UTF-8, well-formed and without wildcards; from MQTT 5.0 on empty where a Topic Alias stands for it.</summary>
    public ReadOnlySpan<byte> Topic { get; init; }

    /// <summary>Packet Identifier, 1 to 65,535; 0 at QoS 0.</summary>
    public ushort PacketId { get; init; }

    /// <summary>Properties; none before MQTT 5.0.</summary>
    public Properties Properties { get; init; }

    /// <summary>Payload.</summary>
    public ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>Parses a whole packet.</summary>
    public static bool TryParse(ReadOnlySpan<byte> frame, MqttVersion version, out Publish publish, out ParseError error)
    {
        publish = default;
        if (!FixedHeader.TryOpen(frame, PacketType.Publish, version, out var flags, out var body, out error))
        {
            return false;
        }

        var qos = (QualityOfService)((flags >> 1) & 0b11);
        var dup = (flags & 0b1000) != 0;
        var topic = body.ReadPrefixed();
        var packetId = qos == QualityOfService.AtMostOnce ? (ushort)0 : body.ReadUInt16();
        Properties properties = default;
        if (version == MqttVersion.Mqtt5 && !body.IsTruncated && !Properties.TryParse(ref body, PacketSet.Publish, out properties, out error))
        {
            return false;
        }

        publish = new Publish
        {
            Dup = dup,
            Qos = qos,
            Retain = (flags & 0b0001) != 0,
            Topic = topic,
            PacketId = packetId,
            Properties = properties,
            Payload = body.ReadToEnd(),
        };
        error = body.IsTruncated ? ParseError.Truncated
              : qos > QualityOfService.ExactlyOnce ? ParseError.ReservedValue
              : dup && qos == QualityOfService.AtMostOnce ? ParseError.InvalidValue
              : packetId == 0 && qos != QualityOfService.AtMostOnce ? ParseError.InvalidValue
              : topic.IsEmpty && version == MqttVersion.Mqtt5 ? CheckAlias(properties)
              : TopicText.CheckName(topic);
        return error == ParseError.None;
    }

    /// <summary>Makes an owned message of it: the payload is copied, and those properties are taken along that travel with a message.</summary>
    /// <param name="topic">Topic Name that <see cref="Topic"/> or the Topic Alias stands for.</param>
    /// <param name="clock">Read only when there is a Message Expiry Interval.</param>
    public Message ToMessage(TopicName topic, TimeProvider clock)
    {
        var hasProperties = !Properties.IsEmpty;
        return new Message
        {
            Topic = topic,
            Payload = Payload.ToArray(),
            Qos = Qos,
            Retain = Retain,
            Properties = hasProperties ? Properties.ToMessageProperties() : null,
            ExpiresAt = hasProperties && Properties.Number(PropertyId.MessageExpiryInterval) is { } interval
                ? clock.GetUtcNow().AddSeconds(interval)
                : null,
        };
    }

    /// <summary>Octets that <see cref="Write"/> needs.</summary>
    public int Size(MqttVersion version) => FixedHeader.PacketSizeOf(RemainingLength(version));

    /// <summary>Writes the whole packet.</summary>
    public void Write(Span<byte> destination, MqttVersion version)
    {
        var writer = new WireWriter(destination);
        FixedHeader.Write(ref writer, PacketType.Publish, FlagsOf(Dup, Qos, Retain), RemainingLength(version));
        writer.WritePrefixed(Topic);
        if (Qos != QualityOfService.AtMostOnce)
        {
            writer.WriteUInt16(PacketId);
        }

        if (version == MqttVersion.Mqtt5)
        {
            Properties.Write(ref writer);
        }

        writer.WriteBytes(Payload);
    }

    internal static int FlagsOf(bool dup, QualityOfService qos, bool retain) => (dup ? 0b1000 : 0) | ((int)qos << 1) | (retain ? 0b0001 : 0);

    private static ParseError CheckAlias(Properties properties) =>
        properties.Number(PropertyId.TopicAlias) is null ? ParseError.InvalidValue : ParseError.None;

    private int RemainingLength(MqttVersion version) =>
        2 + Topic.Length + (Qos == QualityOfService.AtMostOnce ? 0 : 2) + (version == MqttVersion.Mqtt5 ? Properties.Size : 0) + Payload.Length;
}
