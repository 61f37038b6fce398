using Edge.Messaging;
using Edge.Messaging.Stores;

namespace Edge.LocalBroker.Sessions;

/// <summary>One client's session: its connection if it has one, its subscriptions, its terms. The queue is in the other parts.</summary>
/// <remarks>
/// One lock guards it; nothing outside is called while it is held. A session that ended stays ended: who comes too late finds
/// <see cref="TryAttach"/> false and begins a new one.
/// </remarks>
internal sealed partial class Session
{
    private readonly Lock _gate = new();
    private readonly SessionServices _services;
    private readonly Dictionary<TopicFilter, Subscription> _subscriptions = [];
    private SessionConnection? _connection;
    private WillMessage? _will;
    private bool _ended;

    public Session(string clientId, long number, SessionServices services)
    {
        ClientId = clientId;
        Number = number;
        _services = services;
        _limits = services.DefaultLimits;
        _congestion = new Congestion(services.Clock);
    }

    public string ClientId { get; }

    /// <summary>Number in the store; 0 for a session that ends with its connection.</summary>
    public long Number { get; }

    public bool IsDurable => Number != 0;

    public TimeSpan Expiry { get; private set; }

    /// <summary>When the connection ended; null while connected.</summary>
    public DateTimeOffset? DisconnectedAt { get; private set; }

    public SessionConnection? Connection => Volatile.Read(ref _connection);

    public bool IsConnected => Connection is not null;

    public bool HasEnded => Volatile.Read(ref _ended);

    public bool IsHeldBy(SessionConnection connection) => Connection == connection;

    /// <summary>Whether a connection that comes without Clean Start finds this session still there.</summary>
    public bool OutlivesConnection => IsDurable && Expiry > TimeSpan.Zero;

    public IReadOnlyCollection<Subscription> Subscriptions
    {
        get
        {
            lock (_gate)
            {
                return [.. _subscriptions.Values];
            }
        }
    }

    /// <summary>Gives the session to a connection; the one that had it is parted from it.</summary>
    /// <returns>False when the session has ended.</returns>
    public bool TryAttach(SessionConnection connection, ConnectRequest request, TimeSpan expiry, out Parting parting)
    {
        lock (_gate)
        {
            parting = default;
            if (_ended)
            {
                return false;
            }

            // A Will that waits for its delay is cancelled by the new connection; one of a connection taken over without a delay is published.
            var willOfThePast = _connection is not null && _will is { Delay.Ticks: 0 } ? _will : null;
            parting = new Parting(_connection, willOfThePast);
            _connection = connection;
            _will = request.Will;
            _limits = request.Queue ?? _services.DefaultLimits;
            _window = Math.Min(request.ReceiveMaximum, _limits.MaxInflight);
            Expiry = expiry;
            DisconnectedAt = null;
            _congestion.End();
            Rewind();
            return true;
        }
    }

    /// <summary>Ends the connection's hold on the session.</summary>
    /// <returns>False when the connection no longer held it.</returns>
    public bool TryDetach(SessionConnection connection, bool keepWill, TimeSpan? expiry, DateTimeOffset now, out WillMessage? will)
    {
        lock (_gate)
        {
            will = null;
            if (_connection != connection)
            {
                return false;
            }

            _connection = null;
            DisconnectedAt = now;
            Expiry = expiry ?? Expiry;
            DropSentOnce();
            if (!keepWill)
            {
                _will = null;
            }

            will = _will;
            return true;
        }
    }

    /// <summary>The Will, if it is due: the connection is gone and its delay, or the session, is over.</summary>
    public WillMessage? TakeDueWill(DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_connection is not null || _will is null || (!_ended && now < DisconnectedAt + _will.Delay))
            {
                return null;
            }

            var will = _will;
            _will = null;
            return will;
        }
    }

    /// <summary>When something of this session falls due next: its Will or its end; null for never.</summary>
    public DateTimeOffset? NextDue()
    {
        lock (_gate)
        {
            return _ended || DisconnectedAt is not { } since ? null
                : _will is { } will && (!Expires || will.Delay < Expiry) ? since + will.Delay
                : Expires ? since + Expiry
                : null;
        }
    }

    public bool IsExpired(DateTimeOffset now)
    {
        lock (_gate)
        {
            return !_ended && _connection is null && Expires && now >= DisconnectedAt + Expiry;
        }
    }

    private bool Expires => Expiry != TimeSpan.MaxValue;

    /// <summary>What the store keeps of the terms.</summary>
    public SessionRecord ToRecord()
    {
        lock (_gate)
        {
            return new SessionRecord { Number = Number, ClientId = ClientId, Expiry = Expiry, DisconnectedAt = DisconnectedAt, Will = _will };
        }
    }

    /// <returns>Whether the filter is new to the session; null when the session has ended.</returns>
    public bool? SetSubscription(Subscription subscription)
    {
        lock (_gate)
        {
            var isNew = !_subscriptions.ContainsKey(subscription.Filter);
            _subscriptions[subscription.Filter] = subscription;
            return _ended ? null : isNew;
        }
    }

    public bool RemoveSubscription(TopicFilter filter)
    {
        lock (_gate)
        {
            return _subscriptions.Remove(filter);
        }
    }

    /// <summary>Ends the session for good: its queue is given up and counted.</summary>
    /// <returns>False when it had ended before.</returns>
    public bool TryEnd(out Parting parting, out List<TopicFilter> filters, out long undelivered)
    {
        List<LogEntry> entries;
        lock (_gate)
        {
            parting = new Parting(_connection, _will);
            filters = [.. _subscriptions.Keys];
            undelivered = 0;
            if (_ended)
            {
                return false;
            }

            _ended = true;
            _connection = null;
            _will = null;
            DropSentOnce();
            entries = TakeAllEntries();
            undelivered = entries.Count;
        }

        foreach (var entry in entries)
        {
            entry.TryWithdraw();
            entry.Receipt?.Kept();
        }

        _services.Drops.Count(DropCause.SessionEnded, undelivered);
        return true;
    }

    /// <summary>Takes over what was kept of a session; before it is shared.</summary>
    public void Restore(StoredSession stored, DateTimeOffset now)
    {
        Expiry = stored.Record.Expiry;
        DisconnectedAt = stored.Record.DisconnectedAt ?? now;
        _will = stored.Record.Will;
        foreach (var subscription in stored.Subscriptions)
        {
            _subscriptions[subscription.Filter] = subscription;
        }

        foreach (var packetId in stored.ReceivedPacketIds)
        {
            _received[packetId] = Task.FromResult(PublishOutcome.Accepted);
        }

        foreach (var entry in stored.Entries)
        {
            entry.Owner = this;
            entry.TryBeginWrite();
            Hold(entry);
        }
    }
}
