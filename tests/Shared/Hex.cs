namespace Edge.Testing;

/// <summary>Octets as people write them: hex digits and spaces, texts in single quotes.</summary>
internal static class Hex
{
    /// <summary>
    /// Reads hex; <c>'abc'</c> stands for the UTF-8 octets of the text, <c>"abc"</c> for the same preceded by their number in two octets,
    /// <c>[…]</c> for properties preceded by their length.
    /// </summary>
    public static byte[] Parse(string text)
    {
        var octets = new List<byte>();
        for (var i = 0; i < text.Length;)
        {
            if (text[i] == ' ')
            {
                i++;
            }
            else if (text[i] is '\'' or '"')
            {
                var end = text.IndexOf(text[i], i + 1);
                var utf8 = System.Text.Encoding.UTF8.GetBytes(text[(i + 1)..end]);
                if (text[i] == '"')
                {
                    octets.AddRange([(byte)(utf8.Length >> 8), (byte)utf8.Length]);
                }

                octets.AddRange(utf8);
                i = end + 1;
            }
            else if (text[i] == '[')
            {
                var end = text.IndexOf(']', i);
                octets.AddRange(WithLength(Parse(text[(i + 1)..end])));
                i = end + 1;
            }
            else
            {
                octets.AddRange(Convert.FromHexString(text.AsSpan(i, 2)));
                i += 2;
            }
        }

        return [.. octets];
    }

    /// <summary>Whole packet: the first octet, then Remaining Length as it must be, then the rest.</summary>
    public static byte[] Packet(string text)
    {
        var octets = Parse(text);
        return [octets[0], .. WithLength(octets[1..])];
    }

    public static string Of(ReadOnlySpan<byte> octets) => Convert.ToHexString(octets);

    private static List<byte> WithLength(byte[] octets)
    {
        var all = new List<byte>();
        var length = octets.Length;
        for (; length >= 0x80; length >>= 7)
        {
            all.Add((byte)(length | 0x80));
        }

        return [.. all, (byte)length, .. octets];
    }
}
