using Edge.Serial.Framing;

namespace Edge.Serial;

/// <summary>Frames in and out of a serial line. For one caller at a time, but for <see cref="Status"/> and <see cref="Wake"/>.</summary>
/// <param name="line">The line, which is closed with this.</param>
/// <param name="framer">How frames are told apart.</param>
/// <param name="clock">Measures silence.</param>
/// <param name="onFrame">Takes each frame.</param>
internal sealed class FramedLine(SerialLine line, IFramer framer, TimeProvider clock, FrameHandler onFrame) : IDisposable
{
    /// <summary>Longer than a sender pauses within a frame, a USB adapter's latency and a slow line included.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(200);

    private readonly byte[] _octets = new byte[FrameBuffer.MostAtOnce];
    private long _openings;
    private long _lastHeard;
    private long _received;
    private long _skipped;

    /// <summary>How often the device was opened.</summary>
    public long Openings => _openings;

    /// <summary>How it is now.</summary>
    public SerialStatus Status => line.Status with { FramesReceived = Volatile.Read(ref _received), OctetsSkipped = Volatile.Read(ref _skipped) };

    /// <summary>Takes in the frames that have come, or waits as <see cref="SerialLine.Receive"/> does.</summary>
    public void Receive(TimeSpan timeout)
    {
        var listens = framer.ListensForSilence && (timeout < TimeSpan.Zero || timeout > Silence);
        var count = line.Receive(_octets, listens ? Silence : timeout);
        if (line.Openings != _openings)
        {
            framer.Begin(line.MayBeWithin);
            (_openings, _lastHeard) = (line.Openings, clock.GetTimestamp());
        }

        if (count > 0)
        {
            _lastHeard = clock.GetTimestamp();
            framer.Feed(_octets.AsSpan(0, count));
            ReadAll();
        }
        else
        {
            while (framer.ListensForSilence && clock.GetElapsedTime(_lastHeard) >= Silence)
            {
                framer.OnSilence();
                ReadAll();
            }
        }

        _skipped = framer.Skipped;
    }

    /// <summary>Sends a frame with the next <see cref="Flush"/>, or gives it up and counts it.</summary>
    /// <returns>Whether it will be sent while the device is there.</returns>
    public bool TrySend(ReadOnlySpan<byte> frame)
    {
        var room = line.Room(framer.LargestOnLine(frame.Length));
        if (room.IsEmpty)
        {
            return false;
        }

        line.Add(framer.Write(frame, room));
        return true;
    }

    /// <summary>Counts a frame that is given up.</summary>
    public void CountNotSent() => line.CountNotSent();

    /// <inheritdoc cref="SerialLine.Flush"/>
    public void Flush() => line.Flush();

    /// <inheritdoc cref="SerialLine.Wake"/>
    public void Wake() => line.Wake();

    /// <inheritdoc/>
    public void Dispose() => line.Dispose();

    private void ReadAll()
    {
        while (framer.TryRead(out var frame))
        {
            _received++;
            onFrame(frame);
        }
    }
}
