using System.Text.Unicode;

namespace Edge.Serial.Framing;

/// <summary>Lines of UTF-8 text, each ended by CR, LF or both. Empty ones are passed over.</summary>
/// <remarks>
/// What comes first after a line was opened in full flow would be the rest of a text, and “3.5” is not what a sensor meant that said “-13.5”:
/// unless the line was silent before, everything up to the first end is thrown away.
/// </remarks>
/// <param name="largest">Octets of the longest line, without its end.</param>
internal sealed class LineFramer(int largest) : DelimitedFramer(largest, largest)
{
    private bool _mayBeWithin;

    /// <inheritdoc/>
    public override bool ListensForSilence => _mayBeWithin;

    /// <inheritdoc/>
    public override void Begin(bool mayBeWithin)
    {
        base.Begin(mayBeWithin);
        _mayBeWithin = mayBeWithin;
    }

    /// <inheritdoc/>
    public override void Feed(ReadOnlySpan<byte> octets)
    {
        if (_mayBeWithin)
        {
            DropToEnd();
            _mayBeWithin = false;
        }

        base.Feed(octets);
    }

    /// <inheritdoc/>
    public override void OnSilence() => _mayBeWithin = false;

    /// <inheritdoc/>
    public override int LargestOnLine(int size) => size + 1;

    /// <inheritdoc/>
    public override int Write(ReadOnlySpan<byte> frame, Span<byte> line)
    {
        frame.CopyTo(line);
        line[frame.Length] = (byte)'\n';
        return frame.Length + 1;
    }

    /// <inheritdoc/>
    protected override int FindEnd(ReadOnlySpan<byte> octets) => octets.IndexOfAny((byte)'\r', (byte)'\n');

    /// <inheritdoc/>
    protected override int Decode(Span<byte> encoded) => Utf8.IsValid(encoded) ? encoded.Length : 0;
}
