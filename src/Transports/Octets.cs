using System.Buffers;

namespace Edge.Transports;

/// <summary>Octets in a row that come in at the end and go at the beginning. Empty, it holds no memory; what little stays is held in little.</summary>
internal struct Octets
{
    private byte[]? _buffer;
    private int _start;
    private int _end;

    public readonly int Count => _end - _start;

    public readonly ReadOnlySpan<byte> Written => _buffer.AsSpan(_start, Count);

    public readonly ReadOnlySequence<byte> ToSequence() => _buffer is null ? default : new ReadOnlySequence<byte>(_buffer, _start, Count);

    /// <summary>Room behind the last octet: all there is, and at least some.</summary>
    public Span<byte> Room(int atLeast)
    {
        if (_buffer is null || _buffer.Length - Count < atLeast)
        {
            MoveTo(ArrayPool<byte>.Shared.Rent(Count + Math.Max(atLeast, Count)));
        }
        else if (_buffer.Length - _end < atLeast)
        {
            Written.CopyTo(_buffer);
            (_start, _end) = (0, Count);
        }

        return _buffer.AsSpan(_end);
    }

    /// <summary>Takes octets in that were written to the room.</summary>
    public void Add(int count) => _end += count;

    /// <summary>Lets the first octets go, until so many are left.</summary>
    public void KeepLast(int count)
    {
        _start = _end - count;
        if (count == 0)
        {
            Return();
        }
        else if (count < _buffer!.Length / 8)
        {
            MoveTo(ArrayPool<byte>.Shared.Rent(count));
        }
    }

    private void MoveTo(byte[] buffer)
    {
        var count = Count;
        Written.CopyTo(buffer);
        Return();
        (_buffer, _end) = (buffer, count);
    }

    private void Return()
    {
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        (_buffer, _start, _end) = (null, 0, 0);
    }
}
