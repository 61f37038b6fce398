namespace Edge.Serial;

/// <summary>Frames that wait until the driver takes them: a fixed number of octets, oldest first.</summary>
/// <param name="capacity">Most octets that may wait.</param>
internal sealed class OutgoingFrames(int capacity)
{
    private readonly byte[] _octets = new byte[capacity];
    private readonly Queue<int> _lengths = new();
    private int _start;
    private int _end;
    private int _gone;

    /// <summary>What is to go out next.</summary>
    public ReadOnlySpan<byte> Waiting => _octets.AsSpan(_start, _end - _start);

    /// <summary>Room for a frame; empty when there is not as much.</summary>
    public Span<byte> Room(int size)
    {
        if (size > capacity - _end)
        {
            Waiting.CopyTo(_octets);
            (_start, _end) = (0, _end - _start);
        }

        return size > capacity - _end ? default : _octets.AsSpan(_end, size);
    }

    /// <summary>Takes a frame in that was written to the room.</summary>
    public void Add(int length)
    {
        _lengths.Enqueue(length);
        _end += length;
    }

    /// <summary>Lets octets go that the driver took.</summary>
    /// <returns>How many frames are out with them.</returns>
    public int Take(int count)
    {
        _start += count;
        _gone += count;
        var frames = 0;
        for (; _lengths.TryPeek(out var length) && length <= _gone; frames++)
        {
            _gone -= _lengths.Dequeue();
        }

        return frames;
    }

    /// <summary>Gives everything up.</summary>
    /// <returns>How many frames are lost.</returns>
    public int Clear()
    {
        var frames = _lengths.Count;
        _lengths.Clear();
        (_start, _end, _gone) = (0, 0, 0);
        return frames;
    }
}
