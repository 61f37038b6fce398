using System.Runtime.InteropServices;
using Edge.Messaging.Wire;

namespace Edge.Protocols.Mqtt.Codec;

/// <summary>SUBACK, one Reason Code for each Topic Filter of SUBSCRIBE, in its order (MQTT 5.0 §3.9, MQTT 3.1.1 §3.9).</summary>
/// <remarks>
/// <code>
/// 0x90 | Remaining Length | Packet Identifier | Properties (5.0) | Reason Code+
///   1  |       1..4       |         2         |      1..         |     1..n     octets
/// </code>
/// A view. Before MQTT 5.0 every refusal is written as 0x80.
/// </remarks>
public readonly ref struct SubAck
{
    /// <summary>Packet Identifier of the SUBSCRIBE.</summary>
    public ushort PacketId { get; init; }

    /// <summary>Properties; none before MQTT 5.0.</summary>
    public Properties Properties { get; init; }

    /// <summary>One for each Topic Filter.</summary>
    public ReadOnlySpan<ReasonCode> ReasonCodes { get; init; }

    /// <summary>Parses a whole packet.</summary>
    public static bool TryParse(ReadOnlySpan<byte> frame, MqttVersion version, out SubAck subAck, out ParseError error)
    {
        subAck = default;
        if (!FixedHeader.TryOpen(frame, PacketType.SubAck, version, out _, out var body, out error))
        {
            return false;
        }

        var packetId = body.ReadUInt16();
        Properties properties = default;
        if (version == MqttVersion.Mqtt5 && !body.IsTruncated && !Properties.TryParse(ref body, PacketSet.SubAck, out properties, out error))
        {
            return false;
        }

        var codes = MemoryMarshal.Cast<byte, ReasonCode>(body.ReadToEnd());
        subAck = new SubAck { PacketId = packetId, Properties = properties, ReasonCodes = codes };
        error = body.IsTruncated ? ParseError.Truncated
              : packetId == 0 || codes.IsEmpty ? ParseError.InvalidValue
              : ParseError.None;
        foreach (var code in codes)
        {
            var allowed = ReasonCodeTable.IsAllowed(code, PacketType.SubAck) && (version == MqttVersion.Mqtt5 || code <= ReasonCode.UnspecifiedError);
            error = error == ParseError.None && !allowed ? ParseError.ReservedValue : error;
        }

        return error == ParseError.None;
    }

    /// <summary>Octets that <see cref="Write"/> needs.</summary>
    public int Size(MqttVersion version) => FixedHeader.PacketSizeOf(RemainingLength(version));

    /// <summary>Writes the whole packet.</summary>
    public void Write(Span<byte> destination, MqttVersion version)
    {
        var writer = new WireWriter(destination);
        FixedHeader.Write(ref writer, PacketType.SubAck, 0, RemainingLength(version));
        writer.WriteUInt16(PacketId);
        if (version == MqttVersion.Mqtt5)
        {
            Properties.Write(ref writer);
        }

        foreach (var code in ReasonCodes)
        {
            writer.WriteByte((byte)(version == MqttVersion.Mqtt5 || code < ReasonCode.UnspecifiedError ? code : ReasonCode.UnspecifiedError));
        }
    }

    private int RemainingLength(MqttVersion version) => 2 + (version == MqttVersion.Mqtt5 ? Properties.Size : 0) + ReasonCodes.Length;
}
