using System.Threading.Channels;
using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Messaging.Wire;
using Edge.Protocols.Mqtt;
using Edge.Protocols.Mqtt.Codec;
using Edge.Protocols.Mqtt.Upstream;

namespace Edge.Bridge;

/// <summary>The loop of one connection to upstream: carries octets, and what <see cref="MqttUpstream"/> asks for.</summary>
/// <remarks>
/// It sleeps on one signal. Octets that came, a write that is done, answers of the broker, deliveries, timers and the wish to stop all set
/// it; a turn then looks at everything and writes once. So no message has a task, a timer or a lock of its own. While upstream takes
/// nothing in, nothing more is taken for it, and nothing more is read from it.
/// </remarks>
internal sealed partial class UpstreamLink : IAsyncDisposable
{
    /// <summary>Octets waiting to be written beyond which nothing more is taken in.</summary>
    private const int EnoughToWrite = 64 * 1024;

    /// <summary>Messages from upstream that may wait for the store before no more is read.</summary>
    private const int MaxAnswersAwaited = 1_024;

    private const int WriteTimer = (int)PeerTimer.Ping + 1;

    /// <summary>How long the good-bye may take to leave.</summary>
    private static readonly TimeSpan LastWriteTimeout = TimeSpan.FromMilliseconds(250);

    private readonly LinkServices _services;
    private readonly UpstreamConnect _connect;
    private readonly MqttUpstream _peer;
    private readonly Stream _stream;
    private readonly LinkTimers _timers;
    private readonly Action _wake;
    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly ReceivedOctets _received = new();
    private readonly SentOctets _toSend = new();
    private readonly Delivery[] _deliveries = new Delivery[64];
    private readonly Queue<Answer> _answers = new();
    private Task<int>? _reading;
    private Task? _writing;
    private Task<ConnectOutcome>? _attaching;
    private IBrokerSession? _session;
    private LinkEnd? _end;
    private int _deliveryCount;
    private int _nextDelivery;
    private long _sentCounted;
    private bool _inputEnded;
    private bool _saysGoodBye;
    private volatile bool _deliveriesWait;
    private volatile bool _isDetached;

    /// <param name="services">What links of one bridge share.</param>
    /// <param name="connect">What to say to upstream.</param>
    /// <param name="stream">The connection, over TCP or TLS; disposed of by the link.</param>
    public UpstreamLink(LinkServices services, UpstreamConnect connect, Stream stream)
    {
        _services = services;
        _connect = connect;
        _stream = stream;
        _peer = new MqttUpstream(connect, services.Clock);
        _wake = () => _wakes.Writer.TryWrite(true);
        _timers = new LinkTimers(services.Clock, WriteTimer + 1, _wake);
    }

    private bool HasRoomToSend => _toSend.Waiting < EnoughToWrite;

    /// <summary>Runs until the connection ends, whoever ends it.</summary>
    public async Task<LinkEnd> RunAsync(CancellationToken stopping)
    {
        await using var stop = stopping.UnsafeRegister(static wake => ((Action)wake!)(), _wake);
        _peer.OnOpened(this);
        for (Turn(stopping); _end is null; Turn(stopping))
        {
            await _wakes.Reader.ReadAsync(CancellationToken.None);
        }

        await WriteLastAsync();
        return _end with { WasConnected = _session is not null, Unacknowledged = _peer.Unacknowledged };
    }

    /// <summary>Closes the connection and parts from the session. Nothing of the link runs any more when it returns.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timers.DisposeAsync();
        await _stream.DisposeAsync();
        await EndedAsync(_reading);
        await EndedAsync(_writing);
        if (_attaching is not null)
        {
            await EndedAsync(_attaching);
            _session = _attaching.IsCompletedSuccessfully ? _attaching.Result.Session : null;
        }

        foreach (var delivery in _deliveries.AsSpan(_nextDelivery, _deliveryCount - _nextDelivery))
        {
            if (delivery.Qos == QualityOfService.AtMostOnce)
            {
                Discard(delivery, DropCause.Offline);
            }
        }

        _session?.Disconnect(publishWill: false);
    }

    private void Turn(CancellationToken stopping)
    {
        bool again;
        do
        {
            if (stopping.IsCancellationRequested)
            {
                _peer.Stop(this);
            }

            again = Receive();
            Attach();
            again |= TakeFrames();
            again |= PassAnswers();
            RunTimers();
            again |= Forward();
            again |= Write();
            _services.Counters.CountSent(_peer.Sent - _sentCounted);
            _sentCounted = _peer.Sent;
        }
        while (again && _end is null);

        if (_inputEnded && _answers.Count == 0 && _attaching is null)
        {
            Closed("upstream closed the connection");
        }

        if (_isDetached)
        {
            Fail("the local broker parted the bridge from its session");
        }

        _timers.Set();
    }

    private bool Receive()
    {
        if (_reading is { IsCompleted: true } done)
        {
            _reading = null;
            if (!done.IsCompletedSuccessfully)
            {
                Closed(WordsOf(done));
            }
            else
            {
                _received.Add(done.Result);
                _inputEnded = done.Result == 0;
            }
        }

        if (_reading is not null || _inputEnded || _end is not null)
        {
            return false;
        }

        _received.MakeRoom();
        if (!_received.HasRoom)
        {
            return false;
        }

        _reading = _stream.ReadAsync(_received.Room).AsTask();
        return !SignalsWhenDone(_reading);
    }

    private bool TakeFrames()
    {
        var hasTaken = false;
        while (_end is null && _attaching is null && _answers.Count < MaxAnswersAwaited && HasRoomToSend)
        {
            if (_received.TryTake(_connect.MaxPacketSize, out var frame, out var error))
            {
                _peer.OnFrame(frame, this);
                hasTaken = true;
            }
            else if (error == ParseError.TooLarge && FixedHeader.TryParse(frame, out var header, out _) && _peer.OnOversize(frame, this))
            {
                _received.PassOver(header.PacketSize);
                hasTaken = true;
            }
            else
            {
                if (error is not ParseError.None and not ParseError.TooLarge)
                {
                    _peer.OnUnframed(error, this);
                }

                break;
            }
        }

        return hasTaken;
    }

    private void RunTimers()
    {
        while (_end is null && _timers.TryTakeDue(out var timer))
        {
            if (timer == WriteTimer)
            {
                Fail($"upstream took nothing in for {_connect.AcknowledgeTimeout.TotalSeconds:0.#} s");
            }
            else
            {
                _peer.OnTimer((PeerTimer)timer, this);
            }
        }
    }

    /// <summary>Hands on what the session has to send, as long as there is room.</summary>
    private bool Forward()
    {
        var hasSent = false;
        while (_end is null && _session is not null && _peer.WantsDelivery && HasRoomToSend && TryTakeDelivery(out var delivery))
        {
            Forward(delivery);
            hasSent = true;
        }

        return hasSent;
    }

    private bool TryTakeDelivery(out Delivery delivery)
    {
        if (_nextDelivery == _deliveryCount && _deliveriesWait)
        {
            _deliveriesWait = false;
            (_nextDelivery, _deliveryCount) = (0, _session!.Take(_deliveries));
            if (_deliveryCount == _deliveries.Length)
            {
                _deliveriesWait = true;
            }
        }

        if (_nextDelivery == _deliveryCount)
        {
            delivery = default;
            return false;
        }

        delivery = _deliveries[_nextDelivery];
        _deliveries[_nextDelivery++] = default;
        return true;
    }

    private bool Write()
    {
        if (_writing is { IsCompleted: true } done)
        {
            _writing = null;
            _timers.Disarm(WriteTimer);
            if (!done.IsCompletedSuccessfully)
            {
                Fail(WordsOf(done));
            }
        }

        if (_writing is not null || _end is not null || !_toSend.TryTake(out var piece))
        {
            return false;
        }

        _writing = _stream.WriteAsync(piece).AsTask();
        _timers.Arm(WriteTimer, _connect.AcknowledgeTimeout);
        return !SignalsWhenDone(_writing);
    }

    /// <summary>Has the task wake the loop when it is done. False when it is done already.</summary>
    private bool SignalsWhenDone(Task task)
    {
        if (task.IsCompleted)
        {
            return false;
        }

        task.GetAwaiter().UnsafeOnCompleted(_wake);
        return true;
    }

    private static string WordsOf(Task failed) => failed.Exception?.InnerException?.GetBaseException().Message ?? "the connection was given up";

    private void Fail(string reason) => _end ??= new LinkEnd(reason);

    private void Closed(string reason) => _end ??= _terms is null
        ? new LinkEnd($"{reason} instead of answering CONNECT") { WasClosedEarly = true }
        : new LinkEnd(reason);

    /// <summary>Lets a good-bye leave. A link that hangs is not waited for.</summary>
    private async Task WriteLastAsync()
    {
        if (!_saysGoodBye)
        {
            return;
        }

        using var timeout = new CancellationTokenSource(LastWriteTimeout, _services.Clock);
        try
        {
            _writing ??= Task.CompletedTask;
            await _writing.WaitAsync(timeout.Token);
            while (_toSend.TryTake(out var piece))
            {
                _writing = _stream.WriteAsync(piece, CancellationToken.None).AsTask();
                await _writing.WaitAsync(timeout.Token);
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // Upstream is gone already; there is nobody to say good-bye to.
        }
    }

    private static async Task EndedAsync(Task? task)
    {
        if (task is not null)
        {
            // However it ended: the connection it belonged to is closed, and why is known.
            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private readonly record struct Answer(MqttReply Reply, PublishOutcome Outcome, Task? Waiting);
}
