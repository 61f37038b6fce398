using System.Buffers.Binary;

namespace Edge.Serial.Framing;

/// <summary>Consistent Overhead Byte Stuffing with a checksum: no octet of a frame is 0 on the line, and what was damaged is not believed.</summary>
/// <remarks>
/// <code>
/// 0x00 | COBS of ( frame | CRC-16, 2 octets, big-endian ) | 0x00
/// </code>
/// In COBS each block begins with its length, 1 to 255; a block of less than 255 stands for its octets and a 0 behind them, but the last.
/// The checksum is that of <see cref="Crc16"/>.
/// </remarks>
/// <param name="largest">Octets of the longest frame.</param>
internal sealed class CobsFramer(int largest) : DelimitedFramer(largest, Stuffed(largest + Checksum))
{
    private const byte End = 0;
    private const int Checksum = 2;
    private const int LongestBlock = byte.MaxValue;

    private readonly byte[] _plain = new byte[largest + Checksum];

    /// <inheritdoc/>
    public override int LargestOnLine(int size) => Stuffed(size + Checksum) + 2;

    /// <inheritdoc/>
    public override int Write(ReadOnlySpan<byte> frame, Span<byte> line)
    {
        var plain = _plain.AsSpan(0, frame.Length + Checksum);
        frame.CopyTo(plain);
        BinaryPrimitives.WriteUInt16BigEndian(plain[frame.Length..], Crc16.Of(frame));

        line[0] = End;
        var (block, at) = (1, 2);
        for (var i = 0; i < plain.Length; i++)
        {
            if (plain[i] != End)
            {
                line[at++] = plain[i];
            }

            if (plain[i] == End || (at - block == LongestBlock && i < plain.Length - 1))
            {
                line[block] = (byte)(at - block);
                block = at++;
            }
        }

        line[block] = (byte)(at - block);
        line[at++] = End;
        return at;
    }

    /// <inheritdoc/>
    protected override int FindEnd(ReadOnlySpan<byte> octets) => octets.IndexOf(End);

    /// <inheritdoc/>
    protected override int Decode(Span<byte> encoded)
    {
        var to = 0;
        for (var from = 0; from < encoded.Length;)
        {
            var block = encoded[from++];
            if (block - 1 > encoded.Length - from)
            {
                return 0;
            }

            encoded.Slice(from, block - 1).CopyTo(encoded[to..]);
            from += block - 1;
            to += block - 1;
            if (block < LongestBlock && from < encoded.Length)
            {
                encoded[to++] = End;
            }
        }

        var size = to - Checksum;
        return size > 0 && Crc16.Of(encoded[..size]) == BinaryPrimitives.ReadUInt16BigEndian(encoded[size..]) ? size : 0;
    }

    private static int Stuffed(int size) => size + 1 + (size / (LongestBlock - 1));
}
