using Edge.Messaging.Wire;

namespace Edge.Protocols.Mqtt.Codec;

/// <summary>What every Control Packet begins with (MQTT 5.0 §2.1.1).</summary>
/// <remarks>
/// <code>
/// type (4 bits) flags (4 bits) | Remaining Length
///              1               |      1..4         octets
/// </code>
/// </remarks>
/// <param name="Type">Control Packet type.</param>
/// <param name="Flags">The four flags; only PUBLISH has a choice.</param>
/// <param name="RemainingLength">Octets after this header; 0 to 268,435,455.</param>
/// <param name="Size">Octets of this header: 2 to 5.</param>
public readonly record struct FixedHeader(PacketType Type, byte Flags, int RemainingLength, int Size)
{
    /// <summary>Octets of the whole packet.</summary>
    public int PacketSize => Size + RemainingLength;

    /// <summary>Whether Remaining Length takes no more octets than it needs, as MQTT 5.0 wants it ([MQTT-1.5.5-1]). Earlier versions leave it open.</summary>
    public bool IsMinimal => Size == 1 + VariableByteInteger.SizeOf(RemainingLength);

    /// <summary>Reads the header that a packet begins with.</summary>
    /// <param name="octets">What has arrived, as much as there is.</param>
    /// <param name="header">The header.</param>
    /// <param name="error"><see cref="ParseError.Truncated"/> when more octets are needed, <see cref="ParseError.LengthMismatch"/> when
    /// Remaining Length does not end within four octets.</param>
    public static bool TryParse(ReadOnlySpan<byte> octets, out FixedHeader header, out ParseError error)
    {
        var length = 0;
        for (var i = 1; i < octets.Length && i <= 4; i++)
        {
            length |= (octets[i] & 0x7F) << (7 * (i - 1));
            if ((octets[i] & 0x80) == 0)
            {
                header = new FixedHeader((PacketType)(octets[0] >> 4), (byte)(octets[0] & 0x0F), length, i + 1);
                error = ParseError.None;
                return true;
            }
        }

        header = default;
        error = octets.Length > 4 ? ParseError.LengthMismatch : ParseError.Truncated;
        return false;
    }

    /// <summary>Octets of a packet whose part after the fixed header has <paramref name="remainingLength"/> octets.</summary>
    internal static int PacketSizeOf(int remainingLength) => 1 + VariableByteInteger.SizeOf(remainingLength) + remainingLength;

    internal static void Write(scoped ref WireWriter writer, PacketType type, int flags, int remainingLength)
    {
        writer.WriteByte((byte)(((int)type << 4) | flags));
        VariableByteInteger.Write(ref writer, remainingLength);
    }

    /// <summary>Checks what all packets have in common and opens the rest for reading.</summary>
    internal static bool TryOpen(
        ReadOnlySpan<byte> frame, PacketType type, MqttVersion version, out byte flags, out WireReader body, out ParseError error)
    {
        body = default;
        flags = 0;
        if (!TryParse(frame, out var header, out error))
        {
            return false;
        }

        flags = header.Flags;
        body = new WireReader(frame[header.Size..]);
        error = header.PacketSize != frame.Length ? ParseError.LengthMismatch
              : header.Type != type ? ParseError.UnknownType
              : !FlagsAreValid(type, flags, version) ? ParseError.ReservedValue
              : version == MqttVersion.Mqtt5 && !header.IsMinimal ? ParseError.LengthMismatch
              : ParseError.None;
        return error == ParseError.None;
    }

    // MQTT 3.1 §2.1 lets a client set DUP on SUBSCRIBE, UNSUBSCRIBE and PUBREL and calls the other bits unused; from 3.1.1 on they are fixed.
    private static bool FlagsAreValid(PacketType type, byte flags, MqttVersion version) => type switch
    {
        PacketType.Publish => true,
        _ when version == MqttVersion.Mqtt31 => true,
        PacketType.PubRel or PacketType.Subscribe or PacketType.Unsubscribe => flags == 0b0010,
        _ => flags == 0,
    };
}
