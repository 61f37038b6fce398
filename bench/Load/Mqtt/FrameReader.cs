namespace Edge.Load.Mqtt;

/// <summary>Cuts whole MQTT packets from a stream of octets.</summary>
internal static class FrameReader
{
    /// <summary>Takes the first packet off <paramref name="data"/>; false while it is not all there.</summary>
    internal static bool TryRead(ref ReadOnlySpan<byte> data, out byte first, out ReadOnlySpan<byte> body)
    {
        first = 0;
        body = default;
        if (data.Length < 2 || !TryReadVariableByteInteger(data[1..], out var length, out var octets))
        {
            return false;
        }

        var header = 1 + octets;
        if (data.Length - header < length)
        {
            return false;
        }

        first = data[0];
        body = data.Slice(header, length);
        data = data[(header + length)..];
        return true;
    }

    /// <summary>Reads a Variable Byte Integer; false while it is not all there.</summary>
    internal static bool TryReadVariableByteInteger(ReadOnlySpan<byte> data, out int value, out int octets)
    {
        value = 0;
        for (octets = 0; octets < data.Length; octets++)
        {
            if (octets == 4)
            {
                throw new LoadException("The server sent a Remaining Length of more than four octets.");
            }

            value |= (data[octets] & 0x7F) << (7 * octets);
            if ((data[octets] & 0x80) == 0)
            {
                octets++;
                return true;
            }
        }

        return false;
    }
}
