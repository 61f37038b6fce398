namespace Edge.Serial.Framing;

/// <summary>Frames that end with an octet which stands nowhere else, so that the next one is always found.</summary>
/// <param name="largest">Octets of the longest frame.</param>
/// <param name="largestEncoded">Octets it takes on the line, without the octet at its end.</param>
internal abstract class DelimitedFramer(int largest, int largestEncoded) : IFramer
{
    private readonly FrameBuffer _buffer = new(largestEncoded + 1);
    private int _searched;
    private bool _isBroken;

    /// <inheritdoc/>
    public long Skipped => _buffer.Skipped;

    /// <summary>Frames that went on for too long.</summary>
    public long TooLong { get; private set; }

    /// <summary>Frames that could not be decoded.</summary>
    public long Refused { get; private set; }

    /// <inheritdoc/>
    public virtual bool ListensForSilence => false;

    /// <inheritdoc/>
    public virtual void Begin(bool mayBeWithin)
    {
        _buffer.Skip(_buffer.Waiting.Length);
        (_searched, _isBroken) = (0, false);
    }

    /// <inheritdoc/>
    public virtual void Feed(ReadOnlySpan<byte> octets) => _buffer.Add(octets);

    /// <inheritdoc/>
    public bool TryRead(out ReadOnlySpan<byte> frame)
    {
        while (FindEnd(_buffer.Waiting[_searched..]) is var found and >= 0)
        {
            var length = _searched + found;
            var isBroken = _isBroken;
            (_searched, _isBroken) = (0, false);
            if (isBroken)
            {
                _buffer.Skip(length + 1);
            }
            else if (length == 0)
            {
                _buffer.Take(1);
            }
            else if (length > largestEncoded || Decode(_buffer.Waiting[..length]) is var decoded && decoded > largest)
            {
                TooLong++;
                _buffer.Skip(length + 1);
            }
            else if (decoded <= 0)
            {
                Refused++;
                _buffer.Skip(length + 1);
            }
            else
            {
                frame = _buffer.Waiting[..decoded];
                _buffer.Take(length + 1);
                return true;
            }
        }

        _searched = _buffer.Waiting.Length;
        if (_searched > largestEncoded)
        {
            TooLong += _isBroken ? 0 : 1;
            DropToEnd();
        }

        frame = default;
        return false;
    }

    /// <inheritdoc/>
    public virtual void OnSilence()
    {
    }

    /// <inheritdoc/>
    public abstract int LargestOnLine(int size);

    /// <inheritdoc/>
    public abstract int Write(ReadOnlySpan<byte> frame, Span<byte> line);

    /// <summary>Where the first octet is that ends a frame; negative when there is none.</summary>
    protected abstract int FindEnd(ReadOnlySpan<byte> octets);

    /// <summary>Decodes a frame, which is not empty, in place.</summary>
    /// <returns>Its octets; 0 or less when it is none.</returns>
    protected abstract int Decode(Span<byte> encoded);

    /// <summary>Throws away what comes up to the next end, with what is there of it.</summary>
    protected void DropToEnd()
    {
        _buffer.Skip(_buffer.Waiting.Length);
        (_searched, _isBroken) = (0, true);
    }
}
