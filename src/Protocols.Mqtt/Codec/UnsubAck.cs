using System.Runtime.InteropServices;
using Edge.Messaging.Wire;

namespace Edge.Protocols.Mqtt.Codec;

/// <summary>UNSUBACK (MQTT 5.0 §3.11, MQTT 3.1.1 §3.11).</summary>
/// <remarks>
/// <code>
/// 0xB0 | Remaining Length | Packet Identifier | Properties (5.0) | Reason Code+ (5.0)
///   1  |       1..4       |         2         |      1..         |     1..n     octets
/// </code>
/// A view.
/// </remarks>
public readonly ref struct UnsubAck
{
    /// <summary>Packet Identifier of the UNSUBSCRIBE.</summary>
    public ushort PacketId { get; init; }

    /// <summary>Properties; none before MQTT 5.0.</summary>
    public Properties Properties { get; init; }

    /// <summary>One for each Topic Filter, in the order of UNSUBSCRIBE; none before MQTT 5.0.</summary>
    public ReadOnlySpan<ReasonCode> ReasonCodes { get; init; }

    /// <summary>Parses a whole packet.</summary>
    public static bool TryParse(ReadOnlySpan<byte> frame, MqttVersion version, out UnsubAck unsubAck, out ParseError error)
    {
        unsubAck = default;
        if (!FixedHeader.TryOpen(frame, PacketType.UnsubAck, version, out _, out var body, out error))
        {
            return false;
        }

        var packetId = body.ReadUInt16();
        Properties properties = default;
        if (version == MqttVersion.Mqtt5 && !body.IsTruncated && !Properties.TryParse(ref body, PacketSet.UnsubAck, out properties, out error))
        {
            return false;
        }

        var codes = MemoryMarshal.Cast<byte, ReasonCode>(body.ReadToEnd());
        unsubAck = new UnsubAck { PacketId = packetId, Properties = properties, ReasonCodes = codes };
        error = body.IsTruncated ? ParseError.Truncated
              : packetId == 0 ? ParseError.InvalidValue
              : version != MqttVersion.Mqtt5 && !codes.IsEmpty ? ParseError.LengthMismatch
              : version == MqttVersion.Mqtt5 && codes.IsEmpty ? ParseError.InvalidValue
              : ParseError.None;
        foreach (var code in codes)
        {
            error = error == ParseError.None && !ReasonCodeTable.IsAllowed(code, PacketType.UnsubAck) ? ParseError.ReservedValue : error;
        }

        return error == ParseError.None;
    }

    /// <summary>Octets that <see cref="Write"/> needs.</summary>
    public int Size(MqttVersion version) => FixedHeader.PacketSizeOf(RemainingLength(version));

    /// <summary>Writes the whole packet.</summary>
    public void Write(Span<byte> destination, MqttVersion version)
    {
        var writer = new WireWriter(destination);
        FixedHeader.Write(ref writer, PacketType.UnsubAck, 0, RemainingLength(version));
        writer.WriteUInt16(PacketId);
        if (version == MqttVersion.Mqtt5)
        {
            Properties.Write(ref writer);
            writer.WriteBytes(MemoryMarshal.AsBytes(ReasonCodes));
        }
    }

    private int RemainingLength(MqttVersion version) => 2 + (version == MqttVersion.Mqtt5 ? Properties.Size + ReasonCodes.Length : 0);
}
