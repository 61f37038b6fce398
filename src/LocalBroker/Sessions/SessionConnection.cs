using Edge.LocalBroker.Access;
using Edge.Messaging;

namespace Edge.LocalBroker.Sessions;

/// <summary>One connection's hold on a <see cref="Session"/>. Once another connection has it, every call comes to nothing.</summary>
/// <param name="broker">The broker.</param>
/// <param name="sink">Where the client's front takes deliveries.</param>
/// <param name="client">Who the client is, as far as it was verified.</param>
/// <param name="request">What it asked for.</param>
/// <param name="proof">How the client proved who it is.</param>
/// <param name="now">The time.</param>
internal sealed class SessionConnection(
    Broker broker, IDeliverySink sink, ClientIdentity client, ConnectRequest request, IdentityProof proof, DateTimeOffset now) : IBrokerSession
{
    private Session? _session;
    private bool _isOver;

    public IDeliverySink Sink => sink;

    /// <summary>How the client proved who it is.</summary>
    public IdentityProof Proof => proof;

    /// <summary>Who the client is.</summary>
    public ClientIdentity Client => client;

    /// <summary>Protocol and version, such as <c>MQTT 5.0</c>.</summary>
    public string Protocol { get; } = request.Protocol;

    /// <summary>Version as the protocol numbers it.</summary>
    public int ProtocolLevel { get; } = request.ProtocolLevel;

    /// <summary>When it began.</summary>
    public DateTimeOffset ConnectedAt { get; } = now;

    /// <summary>When it is to end; null for never, or when its front was told.</summary>
    public DateTimeOffset? EndsAt => Volatile.Read(ref _isOver) ? null : client.Token?.EndsAt;

    public string ClientId => Session.ClientId;

    public TimeSpan SessionExpiry => Session.Expiry;

    public IReadOnlyCollection<Subscription> Subscriptions => Session.Subscriptions;

    /// <summary>Set once, before anybody sees this connection.</summary>
    public Session Session
    {
        get => _session ?? throw new InvalidOperationException("The connection has no session yet.");
        set => _session = value;
    }

    /// <summary>Has its front end it when its time is over.</summary>
    /// <returns>Whether it was told just now.</returns>
    public bool TryEnd(DateTimeOffset now)
    {
        var isOver = now >= EndsAt && !Interlocked.Exchange(ref _isOver, true);
        if (isOver)
        {
            sink.OnDetached(DetachReason.Expired);
        }

        return isOver;
    }

    public ValueTask<PublishOutcome> PublishAsync(Message message, ushort packetId = 0) =>
        Session.IsHeldBy(this) ? broker.PublishAsync(Session, message, packetId) : new(PublishOutcome.Detached);

    public IAuthenticationExchange? BeginReauthentication(string method) =>
        Session.IsHeldBy(this) ? broker.BeginReauthentication(Session, method) : null;

    public ValueTask<bool> ReleaseAsync(ushort packetId) =>
        Session.IsHeldBy(this) ? broker.ReleaseAsync(Session, packetId) : new(false);

    public ValueTask<SubscribeOutcome[]> SubscribeAsync(IReadOnlyList<Subscription> subscriptions) =>
        Session.IsHeldBy(this) ? broker.SubscribeAsync(Session, subscriptions) : new(new SubscribeOutcome[subscriptions.Count]);

    public ValueTask<bool[]> UnsubscribeAsync(IReadOnlyList<TopicFilter> filters) =>
        Session.IsHeldBy(this) ? broker.UnsubscribeAsync(Session, filters) : new(new bool[filters.Count]);

    public bool TryRead(TopicName topic, out Message? message)
    {
        message = null;
        return !Session.IsHeldBy(this) || broker.TryRead(Session, topic, out message);
    }

    public ReadOnlyMemory<byte> Note => Session.Note;

    public bool IsDrained => Session.IsDrained;

    public ValueTask<bool> NoteAsync(ReadOnlyMemory<byte> note) =>
        Session.IsHeldBy(this) ? broker.NoteAsync(Session, note) : new(false);

    public ValueTask<bool> SleepAsync(TimeSpan longest, TimeSpan sessionExpiry) =>
        Session.IsHeldBy(this) ? broker.SleepAsync(Session, longest, sessionExpiry) : new(false);

    public ValueTask<bool> ChangeWillAsync(WillMessage? will) =>
        Session.IsHeldBy(this) ? broker.ChangeWillAsync(Session, will) : new(false);

    public int Take(Span<Delivery> deliveries) => Session.Take(this, deliveries);

    public bool Acknowledge(ushort packetId, Acknowledgement acknowledgement) => Session.Acknowledge(this, packetId, acknowledgement);

    public void Discard(in Delivery delivery, DropCause cause) => Session.Discard(this, delivery, cause);

    public void Disconnect(bool publishWill, TimeSpan? sessionExpiry = null) => broker.Disconnect(this, publishWill, sessionExpiry);
}
