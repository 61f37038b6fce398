using Edge.Messaging.Wire;

namespace Edge.Protocols.Mqtt.Codec;

/// <summary>DISCONNECT, the last packet of a connection; before MQTT 5.0 from the client only (MQTT 5.0 §3.14, MQTT 3.1.1 §3.14).</summary>
/// <remarks>
/// <code>
/// 0xE0 | Remaining Length | Reason Code (5.0) | Properties (5.0)
///   1  |       1..4       |      0..1         |      0..   octets
/// </code>
/// A view.
/// </remarks>
public readonly ref struct Disconnect
{
    /// <summary>Why; Success is a normal disconnection, the only one before MQTT 5.0.</summary>
    public ReasonCode ReasonCode { get; init; }

    /// <summary>Properties; none before MQTT 5.0.</summary>
    public Properties Properties { get; init; }

    /// <summary>Parses a whole packet.</summary>
    public static bool TryParse(ReadOnlySpan<byte> frame, MqttVersion version, out Disconnect disconnect, out ParseError error)
    {
        disconnect = default;
        if (!FixedHeader.TryOpen(frame, PacketType.Disconnect, version, out _, out var body, out error)
            || !ReasonAndProperties.TryParse(ref body, PacketType.Disconnect, version, out var code, out var properties, out error))
        {
            return false;
        }

        disconnect = new Disconnect { ReasonCode = code, Properties = properties };
        return true;
    }

    /// <summary>Octets that <see cref="Write"/> needs.</summary>
    public int Size(MqttVersion version) => FixedHeader.PacketSizeOf(ReasonAndProperties.SizeOf(version, ReasonCode, Properties));

    /// <summary>Writes the whole packet.</summary>
    public void Write(Span<byte> destination, MqttVersion version)
    {
        var writer = new WireWriter(destination);
        FixedHeader.Write(ref writer, PacketType.Disconnect, 0, ReasonAndProperties.SizeOf(version, ReasonCode, Properties));
        ReasonAndProperties.Write(ref writer, version, ReasonCode, Properties);
    }
}
