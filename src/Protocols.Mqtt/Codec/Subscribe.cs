using Edge.Messaging;
using Edge.Messaging.Wire;

namespace Edge.Protocols.Mqtt.Codec;

/// <summary>SUBSCRIBE (MQTT 5.0 §3.8, MQTT 3.1.1 §3.8).</summary>
/// <remarks>
/// <code>
/// 0x82 | Remaining Length | Packet Identifier | Properties (5.0) | (Topic Filter | Subscription Options)+
///   1  |       1..4       |         2         |      1..         |     2 + n    |          1             octets
///
/// Subscription Options: Retain Handling 0x30, Retain As Published 0x08, No Local 0x04 (all 5.0), QoS 0x03
/// </code>
/// A view: the filters are enumerated lazily. They are well-formed UTF-8; whether they are Topic Filters, <see cref="TopicFilter"/> knows.
/// </remarks>
public readonly ref struct Subscribe
{
    /// <summary>Packet Identifier, 1 to 65,535.</summary>
    public ushort PacketId { get; init; }

    /// <summary>Properties; none before MQTT 5.0.</summary>
    public Properties Properties { get; init; }

    /// <summary>What is asked for, one or more.</summary>
    public SubscribeEntries Entries { get; init; }

    /// <summary>Parses a whole packet.</summary>
    public static bool TryParse(ReadOnlySpan<byte> frame, MqttVersion version, out Subscribe subscribe, out ParseError error)
    {
        subscribe = default;
        if (!FixedHeader.TryOpen(frame, PacketType.Subscribe, version, out _, out var body, out error))
        {
            return false;
        }

        var packetId = body.ReadUInt16();
        Properties properties = default;
        if (version == MqttVersion.Mqtt5 && !body.IsTruncated && !Properties.TryParse(ref body, PacketSet.Subscribe, out properties, out error))
        {
            return false;
        }

        subscribe = new Subscribe { PacketId = packetId, Properties = properties, Entries = new SubscribeEntries(body.ReadToEnd()) };
        error = body.IsTruncated ? ParseError.Truncated
              : packetId == 0 ? ParseError.InvalidValue
              : subscribe.Entries.Check(version);
        return error == ParseError.None;
    }

    /// <summary>Octets that <see cref="Write"/> needs.</summary>
    public int Size(MqttVersion version) => FixedHeader.PacketSizeOf(RemainingLength(version));

    /// <summary>Writes the whole packet.</summary>
    public void Write(Span<byte> destination, MqttVersion version)
    {
        var writer = new WireWriter(destination);
        FixedHeader.Write(ref writer, PacketType.Subscribe, 0b0010, RemainingLength(version));
        writer.WriteUInt16(PacketId);
        if (version == MqttVersion.Mqtt5)
        {
            Properties.Write(ref writer);
        }

        writer.WriteBytes(Entries.Octets);
    }

    private int RemainingLength(MqttVersion version) => 2 + (version == MqttVersion.Mqtt5 ? Properties.Size : 0) + Entries.Octets.Length;
}
