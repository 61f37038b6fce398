using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Messaging.Wire;

namespace Edge.Gateway.Fronts;

/// <summary>Carries out what a peer asks for and brings it the answers, for every protocol alike. How octets travel is the heir's.</summary>
/// <remarks>
/// One loop calls it, never two at once; only <see cref="Wake"/>, and through it the sink, may be called from any thread.
/// Answers of the broker are passed on in the order of the requests, as they come in, and nothing waits for them meanwhile.
/// </remarks>
internal abstract partial class PeerDriver<TReply>(IPeer<TReply> peer, FrontServices services, ListenerLimits limits, string remote)
    : IPeerEffects<TReply>
{
    /// <summary>Publishes that may wait for the store before no more is read from a stream.</summary>
    protected const int MaxAnswersAwaited = 1_024;

    [ThreadStatic]
    private static Delivery[]? _deliveries;

    private PeerTimers _timers;
    private IAuthenticationExchange? _authentication;
    private bool _isOpened;
    private readonly Pace? _pace = limits.NewPace();
    private long _silenceLeft;
    private long _octetsReceived;
    private long _octetsSent;

    /// <summary>Where the other side is, for logs.</summary>
    protected string Remote => remote;

    protected IPeer<TReply> Peer => peer;

    protected FrontServices Services => services;

    protected ListenerLimits Limits => limits;

    /// <summary>Whether the peer asked to close, or the session was given up.</summary>
    protected bool IsClosed { get; private set; }

    protected bool IsAnyTimerArmed => _timers.IsAnyArmed;

    /// <summary>Time stamp of the present turn.</summary>
    protected long Now { get; private set; }

    /// <summary>How many deliveries are taken at a time: 1 where each may forbid the next.</summary>
    protected virtual int TakeAtOnce => 64;

    /// <summary>Takes note of a client that connects; false when it comes too early, where it was not made to wait before.</summary>
    protected virtual bool TryConnect(ListenerLimits limits) => true;

    /// <summary>Whether a node may publish without a session from where it is; what it may not is counted.</summary>
    protected virtual bool MayPublishWithoutSession() => true;

    /// <summary>Takes a place among those that have not shown yet that they receive, if it is one of them; false when there is none.</summary>
    protected virtual bool TryEnterUnproven() => true;

    /// <summary>Takes a place among the clients from the same address, where there is a limit on them; false when there is none.</summary>
    protected virtual bool TryEnter(ConnectRequest request) => true;

    /// <summary>Gives it back.</summary>
    protected virtual void LeaveAddress()
    {
    }

    /// <summary>The user that the way it comes by shows it to be; null for none.</summary>
    protected virtual string? User => null;

    /// <summary>Adds what the way the client comes by says of who it is.</summary>
    protected virtual ConnectRequest Identify(ConnectRequest request) => request;

    /// <summary>Whether the way out has room for more.</summary>
    protected virtual bool MaySend => true;

    /// <inheritdoc/>
    public Span<byte> Send(int size)
    {
        _octetsSent += size;
        return Enqueue(size);
    }

    /// <summary>Has the loop take a turn soon.</summary>
    public abstract void Wake();

    /// <summary>Room for a frame on its way out.</summary>
    protected abstract Span<byte> Enqueue(int size);

    /// <summary>Begins a turn: the time, timers that ran out, answers that came, a session lost.</summary>
    protected void BeginTurn()
    {
        Now = services.Clock.GetTimestamp();
        if (!_isOpened)
        {
            _isOpened = true;
            peer.OnOpened(this);
        }

        PassAnswers();
        while (!IsClosed && _timers.TryTakeDue(Now, out var timer))
        {
            peer.OnTimer(timer, this);
        }

        TellOfDetachment();
    }

    /// <summary>Hands the peer one frame, and the answers that the broker gave at once.</summary>
    protected void OnFrame(ReadOnlySpan<byte> frame)
    {
        _octetsReceived += frame.Length;
        peer.OnFrame(frame, this);
        PassAnswers();
    }

    /// <summary>Hands the peer what its session has to send, as long as it wants it and there is room.</summary>
    /// <returns>Whether there may be more.</returns>
    protected bool PumpDeliveries()
    {
        var buffer = (_deliveries ??= new Delivery[64]).AsSpan(0, TakeAtOnce);
        while (!IsClosed && Session is { } session && peer.WantsDelivery)
        {
            if (!MaySend)
            {
                return true;
            }

            var count = session.Take(buffer);
            foreach (ref readonly var delivery in buffer[..count])
            {
                peer.OnDelivery(delivery, this);
            }

            if (count < buffer.Length)
            {
                if (peer.AwaitsDrain && session.IsDrained)
                {
                    peer.OnDrained(this);
                }

                break;
            }
        }

        buffer.Clear();
        return false;
    }

    /// <summary>Ends a turn: what went through is counted, and the wheel learns of the next deadline, or that nobody waits for one.</summary>
    protected void EndTurn()
    {
        if (_octetsReceived + _octetsSent > 0)
        {
            services.Broker.Metrics.CountFrames(_octetsReceived, _octetsSent);
            (_octetsReceived, _octetsSent) = (0, 0);
        }

        if (!IsClosed && (Session is not null || IsConnecting || IsAnyTimerArmed))
        {
            _timers.Note(services.Wheel, Alarm, Now);
        }
        else
        {
            _timers.LetGo(services.Wheel, Alarm);
        }
    }

    /// <summary>The other side is gone without a word.</summary>
    protected void Abandon() => Close(publishWill: true, null);

    /// <summary>Takes note of a message towards the rates that hold for the client.</summary>
    /// <returns>False to refuse the message, where the client cannot be made to wait.</returns>
    protected abstract bool KeepPace(Pace pace, int octets);

    /// <summary>Has a client wait that publishes while memory is short. At QoS 0 none waits: the broker drops it.</summary>
    /// <returns>False to refuse the message, where the client cannot be made to wait.</returns>
    protected abstract bool WaitForMemory();

    /// <summary>Nothing is listened to for a while, so that silence does not count against the other side.</summary>
    protected void StopListening() => _silenceLeft = _timers.Hold(PeerTimer.KeepAlive, Now);

    /// <summary>Ends what <see cref="StopListening"/> began.</summary>
    protected void ListenAgain()
    {
        if (_silenceLeft > 0)
        {
            _timers.Arm(PeerTimer.KeepAlive, Now + _silenceLeft);
        }
    }

    /// <summary><see cref="Wake"/> as one delegate for ever.</summary>
    protected Action WakeAction => field ??= Wake;

    private Alarm Alarm => field ??= new Alarm(WakeAction);

    /// <inheritdoc/>
    public void Authenticate(ConnectRequest request, string method, ReadOnlyMemory<byte> data) =>
        BeginAuthentication(services.Broker.BeginAuthentication(request, method), data);

    /// <inheritdoc/>
    public void Reauthenticate(string method, ReadOnlyMemory<byte> data) => BeginAuthentication(Session?.BeginReauthentication(method), data);

    /// <inheritdoc/>
    public void ContinueAuthentication(ReadOnlyMemory<byte> data) => Await(
        AnswerKind.Authenticated, default!, _authentication?.ContinueAsync(data) ?? new(new AuthenticationStep(AuthenticationOutcome.MethodUnknown)));

    /// <inheritdoc/>
    public void Publish(Message message, ushort packetId, TReply reply)
    {
        if (!KeepsPace(message))
        {
            _answers.Enqueue(new Answer(AnswerKind.Published, reply, PublishOutcome.QuotaExceeded, null));
            return;
        }

        var outcome = Session?.PublishAsync(message, packetId) ?? new ValueTask<PublishOutcome>(PublishOutcome.Detached);
        if (outcome.IsCompletedSuccessfully)
        {
            _answers.Enqueue(new Answer(AnswerKind.Published, reply, outcome.Result, null));
        }
        else
        {
            Await(AnswerKind.Published, reply, outcome);
        }
    }

    /// <inheritdoc/>
    public void PublishWithoutSession(Message message)
    {
        if (MayPublishWithoutSession() && KeepsPace(message))
        {
            services.PublishWithoutSession(message, remote, User);
        }
    }

    /// <inheritdoc/>
    public void Release(ushort packetId, TReply reply) =>
        Await(AnswerKind.Released, reply, Session?.ReleaseAsync(packetId) ?? new ValueTask<bool>(false));

    /// <inheritdoc/>
    public void Subscribe(IReadOnlyList<Subscription> subscriptions, TReply reply) => Await(
        AnswerKind.Subscribed, reply, Session?.SubscribeAsync(subscriptions) ?? new ValueTask<SubscribeOutcome[]>(new SubscribeOutcome[subscriptions.Count]));

    /// <inheritdoc/>
    public void Unsubscribe(IReadOnlyList<TopicFilter> filters, TReply reply) =>
        Await(AnswerKind.Unsubscribed, reply, Session?.UnsubscribeAsync(filters) ?? new ValueTask<bool[]>(new bool[filters.Count]));

    /// <inheritdoc/>
    public bool TryRead(TopicName topic, out Message? message)
    {
        message = null;
        return Session?.TryRead(topic, out message) ?? true;
    }

    /// <inheritdoc/>
    public void Note(ReadOnlyMemory<byte> note, TReply reply) =>
        Await(AnswerKind.Kept, reply, Session?.NoteAsync(note) ?? new ValueTask<bool>(false));

    /// <inheritdoc/>
    public void Sleep(TimeSpan longest, TimeSpan sessionExpiry, TReply reply) =>
        Await(AnswerKind.Kept, reply, Session?.SleepAsync(longest, sessionExpiry) ?? new ValueTask<bool>(false));

    /// <inheritdoc/>
    public void ChangeWill(WillMessage? will, TReply reply) =>
        Await(AnswerKind.Kept, reply, Session?.ChangeWillAsync(will) ?? new ValueTask<bool>(false));

    /// <inheritdoc/>
    public abstract void GiveWay();

    /// <inheritdoc/>
    public bool Acknowledge(ushort packetId, Acknowledgement acknowledgement) => Session?.Acknowledge(packetId, acknowledgement) ?? false;

    /// <inheritdoc/>
    public void Discard(in Delivery delivery, DropCause cause) => Session?.Discard(delivery, cause);

    /// <inheritdoc/>
    public void Arm(PeerTimer timer, TimeSpan due) =>
        _timers.Arm(timer, Now + (long)(due.TotalSeconds * services.Clock.TimestampFrequency));

    /// <inheritdoc/>
    public void Disarm(PeerTimer timer) => _timers.Disarm(timer);

    /// <inheritdoc/>
    public void Refuse(ParseError reason, int octets) => services.CountRefused(reason, octets, remote);

    private bool KeepsPace(Message message)
    {
        var isShort = services.Broker.IsShortOfMemory;
        if (_pace is null && !isShort)
        {
            return true;
        }

        DropCause? cause = _pace is not null && !KeepPace(_pace, message.Size) ? DropCause.Rate
            : isShort && message.Qos != QualityOfService.AtMostOnce && !WaitForMemory() ? DropCause.Memory
            : null;
        if (cause is { } tooMuch)
        {
            services.Drops.Count(tooMuch);
        }

        return cause is null;
    }

    private void BeginAuthentication(IAuthenticationExchange? exchange, ReadOnlyMemory<byte> data)
    {
        _authentication = exchange;
        ContinueAuthentication(data);
    }
}
