namespace Edge.Serial.Framing;

/// <summary>Octets that came and were not dealt with yet.</summary>
/// <param name="mostHeld">Most octets that may be left over when more come.</param>
internal sealed class FrameBuffer(int mostHeld)
{
    /// <summary>Most octets that come at once.</summary>
    public const int MostAtOnce = 4_096;

    private readonly byte[] _octets = new byte[mostHeld + MostAtOnce];
    private int _start;
    private int _end;

    /// <summary>The octets, oldest first. A framer may decode in place.</summary>
    public Span<byte> Waiting => _octets.AsSpan(_start, _end - _start);

    /// <summary>Octets thrown away, as they belong to no frame.</summary>
    public long Skipped { get; private set; }

    /// <summary>Adds octets behind the others.</summary>
    public void Add(ReadOnlySpan<byte> octets)
    {
        if (octets.Length > _octets.Length - _end)
        {
            Waiting.CopyTo(_octets);
            (_start, _end) = (0, _end - _start);
        }

        octets.CopyTo(_octets.AsSpan(_end));
        _end += octets.Length;
    }

    /// <summary>Lets octets go that were dealt with.</summary>
    public void Take(int count) => _start += count;

    /// <summary>Throws octets away.</summary>
    public void Skip(int count)
    {
        _start += count;
        Skipped += count;
    }
}
