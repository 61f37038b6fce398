using Edge.Messaging;
using Edge.Messaging.Wire;

namespace Edge.Protocols.Mqtt.Codec;

/// <summary>UNSUBSCRIBE (MQTT 5.0 §3.10, MQTT 3.1.1 §3.10).</summary>
/// <remarks>
/// <code>
/// 0xA2 | Remaining Length | Packet Identifier | Properties (5.0) | Topic Filter+
///   1  |       1..4       |         2         |      1..         |    2 + n      octets
/// </code>
/// A view: the filters are enumerated lazily. They are well-formed UTF-8; whether they are Topic Filters, <see cref="TopicFilter"/> knows.
/// </remarks>
public readonly ref struct Unsubscribe
{
    /// <summary>Packet Identifier, 1 to 65,535.</summary>
    public ushort PacketId { get; init; }

    /// <summary>Properties; none before MQTT 5.0.</summary>
    public Properties Properties { get; init; }

    /// <summary>Topic Filters, one or more.</summary>
    public UnsubscribeFilters Filters { get; init; }

    /// <summary>Parses a whole packet.</summary>
    public static bool TryParse(ReadOnlySpan<byte> frame, MqttVersion version, out Unsubscribe unsubscribe, out ParseError error)
    {
        unsubscribe = default;
        if (!FixedHeader.TryOpen(frame, PacketType.Unsubscribe, version, out _, out var body, out error))
        {
            return false;
        }

        var packetId = body.ReadUInt16();
        Properties properties = default;
        if (version == MqttVersion.Mqtt5 && !body.IsTruncated && !Properties.TryParse(ref body, PacketSet.Unsubscribe, out properties, out error))
        {
            return false;
        }

        unsubscribe = new Unsubscribe { PacketId = packetId, Properties = properties, Filters = new UnsubscribeFilters(body.ReadToEnd()) };
        error = body.IsTruncated ? ParseError.Truncated
              : packetId == 0 ? ParseError.InvalidValue
              : unsubscribe.Filters.Check();
        return error == ParseError.None;
    }

    /// <summary>Octets that <see cref="Write"/> needs.</summary>
    public int Size(MqttVersion version) => FixedHeader.PacketSizeOf(RemainingLength(version));

    /// <summary>Writes the whole packet.</summary>
    public void Write(Span<byte> destination, MqttVersion version)
    {
        var writer = new WireWriter(destination);
        FixedHeader.Write(ref writer, PacketType.Unsubscribe, 0b0010, RemainingLength(version));
        writer.WriteUInt16(PacketId);
        if (version == MqttVersion.Mqtt5)
        {
            Properties.Write(ref writer);
        }

        writer.WriteBytes(Filters.Octets);
    }

    private int RemainingLength(MqttVersion version) => 2 + (version == MqttVersion.Mqtt5 ? Properties.Size : 0) + Filters.Octets.Length;
}
