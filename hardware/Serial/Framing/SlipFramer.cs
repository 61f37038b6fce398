namespace Edge.Serial.Framing;

/// <summary>SLIP (RFC 1055): END before and after each frame, and two octets that can stand for END and ESC within.</summary>
/// <remarks>
/// <code>
/// 0xC0 | frame, in it 0xDB 0xDC for 0xC0 and 0xDB 0xDD for 0xDB | 0xC0
/// </code>
/// There is no checksum.
/// </remarks>
/// <param name="largest">Octets of the longest frame.</param>
internal sealed class SlipFramer(int largest) : DelimitedFramer(largest, 2 * largest)
{
    private const byte End = 0xC0;
    private const byte Escape = 0xDB;
    private const byte EscapedEnd = 0xDC;
    private const byte EscapedEscape = 0xDD;

    /// <inheritdoc/>
    public override int LargestOnLine(int size) => (2 * size) + 2;

    /// <inheritdoc/>
    public override int Write(ReadOnlySpan<byte> frame, Span<byte> line)
    {
        var at = 0;
        line[at++] = End;
        foreach (var octet in frame)
        {
            if (octet is End or Escape)
            {
                line[at++] = Escape;
                line[at++] = octet == End ? EscapedEnd : EscapedEscape;
            }
            else
            {
                line[at++] = octet;
            }
        }

        line[at++] = End;
        return at;
    }

    /// <inheritdoc/>
    protected override int FindEnd(ReadOnlySpan<byte> octets) => octets.IndexOf(End);

    /// <inheritdoc/>
    protected override int Decode(Span<byte> encoded)
    {
        var to = 0;
        for (var from = 0; from < encoded.Length; from++)
        {
            var octet = encoded[from];
            if (octet == Escape)
            {
                from++;
                octet = from == encoded.Length ? (byte)0 : encoded[from] == EscapedEnd ? End : encoded[from] == EscapedEscape ? Escape : (byte)0;
                if (octet == 0)
                {
                    return 0;
                }
            }

            encoded[to++] = octet;
        }

        return to;
    }
}
