using Edge.Messaging.Wire;

namespace Edge.Protocols.Mqtt.Codec;

/// <summary>PUBACK, PUBREC, PUBREL or PUBCOMP: one form, four steps (MQTT 5.0 §3.4 to §3.7, MQTT 3.1.1 §3.4 to §3.7).</summary>
/// <remarks>
/// <code>
/// 0x40 0x50 0x62 0x70 | Remaining Length | Packet Identifier | Reason Code (5.0) | Properties (5.0)
///          1          |        1         |         2         |      0..1         |      0..   octets
/// </code>
/// Reason Code and properties are left out when they are Success and none. A view.
/// </remarks>
public readonly ref struct PublishAck
{
    /// <summary>Which of the four it is.</summary>
    public PacketType Type { get; init; }

    /// <summary>Packet Identifier, 1 to 65,535.</summary>
    public ushort PacketId { get; init; }

    /// <summary>Success before MQTT 5.0.</summary>
    public ReasonCode ReasonCode { get; init; }

    /// <summary>Properties; none before MQTT 5.0.</summary>
    public Properties Properties { get; init; }

    /// <summary>Parses a whole packet of the type given.</summary>
    public static bool TryParse(ReadOnlySpan<byte> frame, PacketType type, MqttVersion version, out PublishAck ack, out ParseError error)
    {
        ack = default;
        if (!FixedHeader.TryOpen(frame, type, version, out _, out var body, out error))
        {
            return false;
        }

        var packetId = body.ReadUInt16();
        if (!ReasonAndProperties.TryParse(ref body, type, version, out var code, out var properties, out error))
        {
            return false;
        }

        ack = new PublishAck { Type = type, PacketId = packetId, ReasonCode = code, Properties = properties };
        error = packetId == 0 ? ParseError.InvalidValue : ParseError.None;
        return error == ParseError.None;
    }

    /// <summary>Octets that <see cref="Write"/> needs.</summary>
    public int Size(MqttVersion version) => FixedHeader.PacketSizeOf(RemainingLength(version));

    /// <summary>Writes the whole packet.</summary>
    public void Write(Span<byte> destination, MqttVersion version)
    {
        var writer = new WireWriter(destination);
        FixedHeader.Write(ref writer, Type, Type == PacketType.PubRel ? 0b0010 : 0, RemainingLength(version));
        writer.WriteUInt16(PacketId);
        ReasonAndProperties.Write(ref writer, version, ReasonCode, Properties);
    }

    private int RemainingLength(MqttVersion version) => 2 + ReasonAndProperties.SizeOf(version, ReasonCode, Properties);
}
