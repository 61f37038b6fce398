using System.Buffers;
using Edge.Messaging.Peers;
using Edge.Messaging.Wire;
using Edge.Transports;

namespace Edge.Gateway.Fronts;

/// <summary>Takes the next frame off the front of what has arrived; see <c>MqttFramer.TryRead</c>.</summary>
internal delegate bool ReadFrame(ref ReadOnlySequence<byte> arrived, int maxFrameSize, out ReadOnlySequence<byte> frame, out ParseError error);

/// <summary>The loop of one connection that carries a stream: TCP, TLS, WebSocket.</summary>
/// <param name="peer">The conversation.</param>
/// <param name="services">The gateway.</param>
/// <param name="limits">What holds for the listener.</param>
/// <param name="remote">Where the other side is, for logs.</param>
/// <param name="link">Octets in and out.</param>
/// <param name="readFrame">Finds the frames.</param>
/// <param name="maxFrameSize">Largest frame taken, in octets.</param>
/// <remarks>
/// A turn takes all that is at hand, frames, answers, deliveries, and flushes once, so one system call carries many packets.
/// While the other side takes nothing in, nothing more is read from it or taken for it. Who publishes faster than it may is not read from
/// until its time has come; what is for it, it gets meanwhile.
/// </remarks>
internal sealed class StreamDriver<TReply>(
    IPeer<TReply> peer, FrontServices services, ListenerLimits limits, string remote, IStreamLink link, ReadFrame readFrame, int maxFrameSize)
    : PeerDriver<TReply>(peer, services, limits, remote)
{
    /// <summary>Octets written before a turn flushes in between.</summary>
    private const int FlushAfter = 32 * 1024;

    /// <summary>Rounds of reading and sending before others have their turn.</summary>
    private const int RoundsOfTurn = 4;

    /// <summary>How long the last octets may take to leave when the connection is closed.</summary>
    private static readonly TimeSpan LastFlushLimit = TimeSpan.FromSeconds(2);

    /// <summary>How long the other side may take to close in its turn.</summary>
    private static readonly TimeSpan LingerLimit = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a publisher waits after each message while memory is short.</summary>
    private static readonly TimeSpan MemoryPause = TimeSpan.FromSeconds(1);

    private readonly AsyncSignal _signal = new(link);
    private bool _hasLastWord;
    private long _goOnAt;

    protected override bool MaySend => !link.IsBlocked && link.Unsent < FlushAfter;

    /// <inheritdoc/>
    public override void Wake() => _signal.Set();

    /// <summary>Runs until the connection ends, whoever ends it. What was sent by then has been handed to the system.</summary>
    public async Task RunAsync()
    {
        try
        {
            link.Open(_signal.Continue, WakeAction);
            while (!IsClosed)
            {
                Turn();
                if (!IsClosed)
                {
                    await _signal.WaitAsync();
                }
            }

            await SendLastAsync();
            if (_hasLastWord && !link.IsBroken)
            {
                await LingerAsync();
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The transport broke down under us: the same as a client that goes without a word.
        }
        finally
        {
            Abandon();
        }
    }

    /// <inheritdoc/>
    public override void GiveWay() => throw new NotSupportedException("A connection is one client's as long as it lasts.");

    /// <inheritdoc/>
    protected override Span<byte> Enqueue(int size)
    {
        _hasLastWord = true;
        return link.Enqueue(size);
    }

    /// <inheritdoc/>
    protected override bool KeepPace(Pace pace, int octets)
    {
        if (pace.Take(octets, Now) is var goOnAt && goOnAt > Now)
        {
            Pause(goOnAt);
        }

        return true;
    }

    /// <inheritdoc/>
    /// <remarks>A message in a while goes through, since the acknowledgements that free memory come by the same way.</remarks>
    protected override bool WaitForMemory()
    {
        Pause(Now + (long)(MemoryPause.TotalSeconds * Services.Clock.TimestampFrequency));
        return true;
    }

    private bool IsPaused => _goOnAt != 0;

    private void Turn()
    {
        var again = true;
        for (var round = 0; again && !IsClosed && round < RoundsOfTurn; round++)
        {
            BeginTurn();
            again = ReadFrames();
            again |= PumpDeliveries();
            if (link.HasEnded && !IsConnecting)
            {
                Abandon();
            }

            again &= Flush();
        }

        if (again)
        {
            Wake();
        }

        EndTurn();
    }

    /// <returns>Whether there may be more to read at once.</returns>
    private bool ReadFrames()
    {
        if (IsPaused && Now >= _goOnAt)
        {
            _goOnAt = 0;
            ListenAgain();
        }

        if (IsClosed || IsConnecting || IsPaused || link.IsBlocked || AnswersAwaited >= MaxAnswersAwaited || !link.TryReceive(out var arrived))
        {
            return false;
        }

        var isAll = !TakeFrames(ref arrived);
        link.Keep(arrived, wantsMore: isAll);
        return true;
    }

    /// <returns>Whether it stopped before all whole frames were taken.</returns>
    private bool TakeFrames(ref ReadOnlySequence<byte> arrived)
    {
        while (!IsClosed)
        {
            if (IsConnecting || IsPaused || AnswersAwaited >= MaxAnswersAwaited)
            {
                return true;
            }

            if (!readFrame(ref arrived, maxFrameSize, out var frame, out var error) && error == ParseError.None)
            {
                return false;
            }

            _hasLastWord = false;
            if (frame.IsSingleSegment)
            {
                OnFrame(frame.FirstSpan);
            }
            else
            {
                OnScatteredFrame(frame);
            }

            if (error != ParseError.None)
            {
                Abandon();
            }
        }

        return false;
    }

    /// <summary>Reads nothing more until a time stamp is reached.</summary>
    private void Pause(long goOnAt)
    {
        if (!IsPaused)
        {
            StopListening();
            Services.Broker.Metrics.CountPaused();
        }

        _goOnAt = Math.Max(_goOnAt, goOnAt);
        Services.Wheel.Wake(WakeAction, _goOnAt);
    }

    private void OnScatteredFrame(in ReadOnlySequence<byte> frame)
    {
        var size = (int)frame.Length;
        var whole = ArrayPool<byte>.Shared.Rent(size);
        frame.CopyTo(whole);
        OnFrame(whole.AsSpan(0, size));
        ArrayPool<byte>.Shared.Return(whole);
    }

    /// <returns>False while the other side takes nothing in.</returns>
    private bool Flush()
    {
        var hasLeft = link.Flush();
        if (link.IsBroken)
        {
            Abandon();
        }

        return hasLeft;
    }

    private async Task SendLastAsync()
    {
        var limit = WakeAfter(LastFlushLimit);
        while ((!link.Flush() || link.Unsent > 0) && !link.IsBroken)
        {
            if (Services.Clock.GetTimestamp() >= limit)
            {
                link.Abort();
                break;
            }

            if (link.IsBlocked)
            {
                await _signal.WaitAsync();
            }
        }
    }

    /// <summary>Reads on without looking until the other side closes: a close with octets unread resets the connection, and the last packet is lost.</summary>
    private async Task LingerAsync()
    {
        var limit = WakeAfter(LingerLimit);
        while (!link.HasEnded && Services.Clock.GetTimestamp() < limit)
        {
            if (link.TryReceive(out var unread))
            {
                link.Keep(unread.Slice(unread.End), wantsMore: true);
            }
            else
            {
                await _signal.WaitAsync();
            }
        }
    }

    /// <returns>The time stamp at which the loop is woken.</returns>
    private long WakeAfter(TimeSpan time)
    {
        var at = Services.Clock.GetTimestamp() + (long)(time.TotalSeconds * Services.Clock.TimestampFrequency);
        Services.Wheel.Wake(WakeAction, at);
        return at;
    }
}
