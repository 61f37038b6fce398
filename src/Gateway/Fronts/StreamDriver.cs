using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using Edge.Messaging.Peers;
using Edge.Messaging.Wire;

namespace Edge.Gateway.Fronts;

/// <summary>Takes the next frame off the front of what has arrived; see <c>MqttFramer.TryRead</c>.</summary>
internal delegate bool ReadFrame(ref ReadOnlySequence<byte> arrived, int maxFrameSize, out ReadOnlySequence<byte> frame, out ParseError error);

/// <summary>The loop of one connection that carries a stream: TCP, TLS, WebSocket.</summary>
/// <param name="peer">The conversation.</param>
/// <param name="services">The gateway.</param>
/// <param name="limits">What holds for the listener.</param>
/// <param name="remote">Where the other side is, for logs.</param>
/// <param name="transport">Octets in and out.</param>
/// <param name="readFrame">Finds the frames.</param>
/// <param name="maxFrameSize">Largest frame taken, in octets.</param>
/// <param name="abort">Cuts a connection that takes nothing in any more.</param>
/// <remarks>
/// A turn takes all that is at hand, frames, answers, deliveries, and flushes once, so one system call carries many packets.
/// While the other side takes nothing in, nothing more is read from it or taken for it. Who publishes faster than it may is not read from
/// until its time has come; what is for it, it gets meanwhile.
/// </remarks>
[SuppressMessage("Reliability", "CA2012", Justification = "The loop keeps one read and one flush under way and takes each result once.")]
internal sealed class StreamDriver<TReply>(
    IPeer<TReply> peer, FrontServices services, ListenerLimits limits, string remote, IDuplexPipe transport, ReadFrame readFrame, int maxFrameSize, Action abort)
    : PeerDriver<TReply>(peer, services, limits, remote)
{
    /// <summary>Octets written before a turn flushes in between.</summary>
    private const int FlushAfter = 32 * 1024;

    /// <summary>How long the last octets may take to leave when the connection is closed.</summary>
    private static readonly TimeSpan LastFlushLimit = TimeSpan.FromSeconds(2);

    /// <summary>How long the other side may take to close in its turn.</summary>
    private static readonly TimeSpan LingerLimit = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a publisher waits after each message while memory is short.</summary>
    private static readonly TimeSpan MemoryPause = TimeSpan.FromSeconds(1);

    private readonly AsyncSignal _signal = new();
    private readonly PipeReader _input = transport.Input;
    private readonly PipeWriter _output = transport.Output;
    private ValueTask<ReadResult> _reading;
    private ValueTask<FlushResult> _flushing;
    private bool _isReading;
    private bool _isFlushing;
    private bool _inputEnded;
    private bool _hasLastWord;
    private long _goOnAt;

    protected override bool MaySend => !_isFlushing && _output.UnflushedBytes < FlushAfter;

    /// <inheritdoc/>
    public override Span<byte> Send(int size)
    {
        var frame = _output.GetSpan(size)[..size];
        _output.Advance(size);
        _hasLastWord = true;
        return frame;
    }

    /// <inheritdoc/>
    public override void Wake() => _signal.Set();

    /// <summary>Runs until the connection ends, whoever ends it. What was sent by then has been handed to the transport.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (!IsClosed)
            {
                Turn();
                if (!IsClosed)
                {
                    await _signal.WaitAsync();
                }
            }

            await FlushLastAsync().WaitAsync(LastFlushLimit, Services.Clock);
            if (_hasLastWord)
            {
                await LingerAsync();
            }
        }
        catch (TimeoutException)
        {
            abort();
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The transport broke down under us: the same as a client that goes without a word.
            Abandon();
        }
        finally
        {
            Abandon();
        }
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
        bool again;
        do
        {
            BeginTurn();
            again = ReadFrames();
            again |= PumpDeliveries();
            if (_inputEnded && !IsConnecting)
            {
                Abandon();
            }

            again &= Flush();
        }
        while (again && !IsClosed);

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

        if (IsClosed || _inputEnded || IsConnecting || IsPaused || _isFlushing || AnswersAwaited >= MaxAnswersAwaited)
        {
            return false;
        }

        if (!TryRead(out var result))
        {
            return false;
        }

        var arrived = result.Buffer;
        var taken = TakeFrames(ref arrived);
        _input.AdvanceTo(arrived.Start, taken ? arrived.Start : arrived.End);
        _inputEnded = result.IsCompleted && !taken;
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
        if (!_isFlushing && _output.UnflushedBytes > 0)
        {
            _isFlushing = true;
            _flushing = _output.FlushAsync();
            if (!_flushing.IsCompleted)
            {
                _flushing.GetAwaiter().UnsafeOnCompleted(_signal.SetAction);
            }
        }

        if (_isFlushing && _flushing.IsCompleted)
        {
            _isFlushing = false;
            if (_flushing.GetAwaiter().GetResult().IsCompleted)
            {
                Abandon();
            }
        }

        return !_isFlushing;
    }

    /// <summary>Takes the result of the read under way, which is begun when there is none. A read that is not done yet sets the signal later.</summary>
    private bool TryRead(out ReadResult result)
    {
        if (!_isReading)
        {
            _isReading = true;
            _reading = _input.ReadAsync();
            if (!_reading.IsCompleted)
            {
                _reading.GetAwaiter().UnsafeOnCompleted(_signal.ContinueAction);
            }
        }

        var isDone = _reading.IsCompleted;
        _isReading = !isDone;
        result = isDone ? _reading.GetAwaiter().GetResult() : default;
        return isDone;
    }

    private async Task FlushLastAsync()
    {
        while (!Flush() || _output.UnflushedBytes > 0)
        {
            if (_isFlushing)
            {
                await _signal.WaitAsync();
            }
        }
    }

    /// <summary>Reads on without looking until the other side closes: a close with octets unread resets the connection, and the last packet is lost.</summary>
    private async Task LingerAsync()
    {
        using var limit = new CancellationTokenSource(LingerLimit, Services.Clock);
        using var wake = limit.Token.Register(_signal.SetAction);
        while (!_inputEnded && !limit.IsCancellationRequested)
        {
            if (TryRead(out var result))
            {
                _inputEnded = result.IsCompleted;
                _input.AdvanceTo(result.Buffer.End);
            }
            else
            {
                await _signal.WaitAsync();
            }
        }
    }
}
