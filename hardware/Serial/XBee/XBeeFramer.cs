using System.Buffers.Binary;
using Edge.Serial.Framing;

namespace Edge.Serial.XBee;

/// <summary>XBee API frames, in either mode.</summary>
/// <remarks>
/// <code>
/// 0x7E | length, 2 octets, big-endian | frame data, length octets | checksum, 1 octet
/// </code>
/// The checksum makes the sum of frame data and checksum equal 0xFF, modulo 256. When it does not, only the 0x7E is dropped and the search goes
/// on one octet later: a broken length must not swallow the good frames behind it. In mode 2 the octets 0x7E, 0x7D, 0x11 and 0x13 behind the
/// first are written as 0x7D and the octet with bit 0x20 turned over.
/// </remarks>
/// <param name="mode">How the radio is set.</param>
/// <param name="largest">Octets of the longest frame data.</param>
internal sealed class XBeeFramer(XBeeApiMode mode, int largest) : IFramer
{
    private const byte Start = 0x7E;
    private const byte Escape = 0x7D;
    private const byte Turned = 0x20;
    private const byte XOn = 0x11;
    private const byte XOff = 0x13;
    private const int Header = 3;

    private readonly FrameBuffer _buffer = new(2 * (Header + largest + 1));
    private readonly byte[] _frame = new byte[Header + largest + 1];

    /// <inheritdoc/>
    public long Skipped => _buffer.Skipped;

    /// <summary>Frames whose checksum was wrong.</summary>
    public long ChecksumErrors { get; private set; }

    /// <inheritdoc/>
    public bool ListensForSilence => _buffer.Waiting.Length > 0;

    /// <inheritdoc/>
    public void Begin(bool mayBeWithin) => _buffer.Skip(_buffer.Waiting.Length);

    /// <inheritdoc/>
    public void Feed(ReadOnlySpan<byte> octets) => _buffer.Add(octets);

    /// <inheritdoc/>
    public bool TryRead(out ReadOnlySpan<byte> frame)
    {
        while (FindStart())
        {
            var (onLine, size) = ReadFirst(_buffer.Waiting);
            if (onLine < 0)
            {
                break;
            }

            if (onLine == 0)
            {
                _buffer.Skip(1);
                continue;
            }

            frame = _frame.AsSpan(Header, size);
            _buffer.Take(onLine);
            return true;
        }

        frame = default;
        return false;
    }

    /// <inheritdoc/>
    public void OnSilence()
    {
        if (_buffer.Waiting.Length > 0)
        {
            _buffer.Skip(1);
        }
    }

    /// <inheritdoc/>
    public int LargestOnLine(int size) => 2 * (Header + size + 1);

    /// <inheritdoc/>
    public int Write(ReadOnlySpan<byte> frame, Span<byte> line)
    {
        Span<byte> length = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)frame.Length);
        line[0] = Start;
        var at = 1;
        Put(length, line, ref at);
        Put(frame, line, ref at);
        Put([(byte)(0xFF - Sum(frame))], line, ref at);
        return at;
    }

    private static byte Sum(ReadOnlySpan<byte> octets)
    {
        byte sum = 0;
        foreach (var octet in octets)
        {
            sum += octet;
        }

        return sum;
    }

    private void Put(ReadOnlySpan<byte> octets, Span<byte> line, ref int at)
    {
        foreach (var octet in octets)
        {
            if (mode == XBeeApiMode.Escaped && octet is Start or Escape or XOn or XOff)
            {
                line[at++] = Escape;
                line[at++] = (byte)(octet ^ Turned);
            }
            else
            {
                line[at++] = octet;
            }
        }
    }

    private bool FindStart()
    {
        var at = _buffer.Waiting.IndexOf(Start);
        _buffer.Skip(at < 0 ? _buffer.Waiting.Length : at);
        return at >= 0;
    }

    /// <summary>Reads the frame at the beginning.</summary>
    /// <returns>Its octets on the line and those of its data; of the first 0 when it is none, −1 when it is not whole.</returns>
    private (int OnLine, int Size) ReadFirst(ReadOnlySpan<byte> waiting)
    {
        var (at, read, size) = (1, 1, 0);
        while (read < Header || read <= Header + size)
        {
            if (at == waiting.Length)
            {
                return (-1, 0);
            }

            var octet = waiting[at++];
            var isEscaped = mode == XBeeApiMode.Escaped && octet == Escape;
            if (isEscaped)
            {
                if (at == waiting.Length)
                {
                    return (-1, 0);
                }

                octet = waiting[at++];
            }

            if (mode == XBeeApiMode.Escaped && octet == Start)
            {
                return (0, 0); // The next frame begins before this one ended.
            }

            octet ^= isEscaped ? Turned : (byte)0;

            _frame[read++] = octet;
            if (read == Header)
            {
                size = BinaryPrimitives.ReadUInt16BigEndian(_frame.AsSpan(1));
                if (size == 0 || size > largest)
                {
                    return (0, 0);
                }
            }
        }

        if (Sum(_frame.AsSpan(Header, size + 1)) == 0xFF)
        {
            return (at, size);
        }

        ChecksumErrors++;
        return (0, 0);
    }
}
