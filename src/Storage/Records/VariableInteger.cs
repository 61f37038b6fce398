using Edge.Messaging.Wire;

namespace Edge.Storage.Records;

/// <summary>Non-negative numbers in as few octets as they need: seven bits each, the lowest first, the high bit set on all but the last.</summary>
internal static class VariableInteger
{
    private const int MaxOctets = 9;

    public static int SizeOf(long value)
    {
        var size = 1;
        for (; value > 0x7F; value >>= 7)
        {
            size++;
        }

        return size;
    }

    public static void Write(ref WireWriter writer, long value)
    {
        for (; value > 0x7F; value >>= 7)
        {
            writer.WriteByte((byte)(value | 0x80));
        }

        writer.WriteByte((byte)value);
    }

    /// <summary>Reads a number; when its octets do not end, or too late, the reader is truncated.</summary>
    public static long Read(ref WireReader reader)
    {
        var value = 0L;
        for (var octets = 0; octets < MaxOctets; octets++)
        {
            var octet = reader.ReadByte();
            value |= (long)(octet & 0x7F) << (7 * octets);
            if (octet <= 0x7F)
            {
                return value;
            }
        }

        reader.ReadBytes(int.MaxValue);
        return 0;
    }
}
