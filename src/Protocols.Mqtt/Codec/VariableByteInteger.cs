using Edge.Messaging.Wire;

namespace Edge.Protocols.Mqtt.Codec;

/// <summary>Variable Byte Integer: seven bits an octet, least significant first, the eighth says that more follow (MQTT 5.0 §1.5.5).</summary>
public static class VariableByteInteger
{
    /// <summary>Greatest value, in four octets.</summary>
    public const int MaxValue = 268_435_455;

    /// <summary>Octets that a value takes: 1 to 4.</summary>
    public static int SizeOf(int value) => value switch
    {
        < 1 << 7 => 1,
        < 1 << 14 => 2,
        < 1 << 21 => 3,
        _ => 4,
    };

    /// <summary>Reads a value; false when it does not end within four octets or takes more than it needs ([MQTT-1.5.5-1]).</summary>
    public static bool TryRead(scoped ref WireReader reader, out int value)
    {
        value = 0;
        for (var shift = 0; shift < 28; shift += 7)
        {
            var octet = reader.ReadByte();
            value |= (octet & 0x7F) << shift;
            if ((octet & 0x80) == 0)
            {
                return !reader.IsTruncated && (octet != 0 || shift == 0);
            }
        }

        return false;
    }

    /// <summary>Writes a value in as few octets as it needs.</summary>
    public static void Write(scoped ref WireWriter writer, int value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)value, (uint)MaxValue, nameof(value));
        while (value >= 0x80)
        {
            writer.WriteByte((byte)(value | 0x80));
            value >>= 7;
        }

        writer.WriteByte((byte)value);
    }
}
