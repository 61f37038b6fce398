namespace Edge.Storage.Records;

/// <summary>Room for one record at a time, kept for the next.</summary>
internal sealed class Scratch
{
    private byte[] _room = new byte[1024];

    /// <summary>Room of exactly this size; what was taken before is overwritten.</summary>
    public Span<byte> Take(int size)
    {
        if (_room.Length < size)
        {
            _room = new byte[Math.Max(size, 2 * _room.Length)];
        }

        return _room.AsSpan(0, size);
    }
}
