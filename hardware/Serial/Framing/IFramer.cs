namespace Edge.Serial.Framing;

/// <summary>Finds frames in the octets of a line that may begin in the middle of one, lose octets and make them up; and makes octets of frames.</summary>
/// <remarks>Whatever comes, nothing throws, and a good frame behind bad octets is found. One caller at a time.</remarks>
internal interface IFramer
{
    /// <summary>Octets thrown away in search of a frame.</summary>
    long Skipped { get; }

    /// <summary>Whether silence tells something: that what was begun does not go on, or that what comes next is a beginning.</summary>
    bool ListensForSilence { get; }

    /// <summary>Forgets what was received: the line was opened.</summary>
    /// <param name="mayBeWithin">Whether the first octets may be the rest of a frame.</param>
    void Begin(bool mayBeWithin);

    /// <summary>Takes octets in, at most <see cref="FrameBuffer.MostAtOnce"/>; all frames of what came before must have been read.</summary>
    void Feed(ReadOnlySpan<byte> octets);

    /// <summary>Gives the next frame; it lasts until the next call.</summary>
    /// <returns>False when there is none before more octets come.</returns>
    bool TryRead(out ReadOnlySpan<byte> frame);

    /// <summary>Nothing came for longer than any sender pauses within a frame. Frames may be found that were hidden.</summary>
    void OnSilence();

    /// <summary>Most octets that a frame of a size becomes on the line.</summary>
    int LargestOnLine(int size);

    /// <summary>Writes a frame as it goes onto the line.</summary>
    /// <returns>How many octets were written.</returns>
    int Write(ReadOnlySpan<byte> frame, Span<byte> line);
}
