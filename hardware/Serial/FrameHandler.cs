namespace Edge.Serial;

/// <summary>Deals with a frame, which lasts during the call.</summary>
internal delegate void FrameHandler(ReadOnlySpan<byte> frame);
