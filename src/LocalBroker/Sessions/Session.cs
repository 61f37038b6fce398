using System.Net;
using Edge.LocalBroker.Access;
using Edge.LocalBroker.Access.Tokens;
using Edge.Messaging;
using Edge.Messaging.Stores;

namespace Edge.LocalBroker.Sessions;

/// <summary>One client's session: its connection if it has one, its subscriptions, its terms. The queue is in the other parts.</summary>
/// <remarks>
/// One lock guards it; nothing outside is called while it is held. A session that ended stays ended: who comes too late finds
/// <see cref="TryResume"/> false and begins a new one.
/// </remarks>
internal sealed partial class Session
{
    private readonly Lock _gate = new();
    private readonly SessionServices _services;
    private readonly Dictionary<TopicFilter, Subscription> _subscriptions = [];
    private SessionConnection? _connection;
    private ClientIdentity _client;
    private ClientRights? _rights;
    private bool _isLimited; // By its client's token; here, as every delivery asks.
    private WillMessage? _will;
    private TimeSpan? _sleep;
    private ReadOnlyMemory<byte> _note;
    private bool _ended;
    private bool _isSettled;

    /// <param name="clientId">ClientId.</param>
    /// <param name="number">Number in the store; 0 for a session that is never to be there.</param>
    /// <param name="isDurable">Whether the store keeps it from the beginning.</param>
    /// <param name="services">What all sessions share.</param>
    public Session(string clientId, long number, bool isDurable, SessionServices services)
    {
        ClientId = clientId;
        _client = new ClientIdentity(clientId, null, null);
        Number = number;
        IsDurable = isDurable;
        _services = services;
        _limits = IsInternal ? services.DefaultLimits with { MaxAge = default } : services.DefaultLimits; // Its own come with its connection.
        _congestion = new Congestion(services.Clock);
    }

    public string ClientId { get; }

    /// <summary>Number in the store; 0 for a session that is never there.</summary>
    public long Number { get; }

    /// <summary>Whether the store keeps it: because it outlives its connection, or because its client has slept.</summary>
    public bool IsDurable { get; private set; }

    /// <summary>Whether the gateway keeps it for itself.</summary>
    public bool IsInternal => ClientId.StartsWith(ConnectRequest.InternalPrefix, StringComparison.Ordinal);

    /// <summary>Whose it is: who its latest connection was.</summary>
    public ClientIdentity Client => Volatile.Read(ref _client);

    /// <summary>The user by whom its latest connection was let in; null for an anonymous client.</summary>
    public string? UserName => Client.UserName;

    public TimeSpan Expiry { get; private set; }

    /// <summary>When the connection ended; null while connected.</summary>
    public DateTimeOffset? DisconnectedAt { get; private set; }

    public SessionConnection? Connection => Volatile.Read(ref _connection);

    public bool IsConnected => Connection is not null;

    public bool HasEnded => Volatile.Read(ref _ended);

    /// <summary>Whether it ended, and its Will is with the store. Before, it must not go from there; whoever ends it sees to that afterwards.</summary>
    public bool IsSettled => Volatile.Read(ref _isSettled);

    /// <summary>Whether it ended with messages that are to be passed on before it may go from the store.</summary>
    public bool HasHeirs { get; private set; }

    /// <summary>Whether it goes on when its connection ends.</summary>
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

    private bool Expires => Expiry != TimeSpan.MaxValue;

    /// <summary>How long after the end of its connection the Will is published. A client that was asleep at a restart may be silent that long.</summary>
    private TimeSpan WillDelay => _sleep > _will!.Delay ? _sleep.Value : _will.Delay;

    /// <summary>What its client may do by its token and an access list; null when that is everything.</summary>
    public ClientRights? RightsBy(AccessRules rules)
    {
        if ((rules.IsOpen && !Volatile.Read(ref _isLimited)) || IsInternal)
        {
            return null;
        }

        var client = Client;
        var rights = Volatile.Read(ref _rights);
        if (rights is null || rights.Rules != rules || !ReferenceEquals(rights.Client, client))
        {
            rights = rules.For(client);
            Volatile.Write(ref _rights, rights);
        }

        return rights;
    }

    public bool IsHeldBy(SessionConnection connection) => Connection == connection;

    /// <summary>Begins the session with its first connection; before it is shared.</summary>
    public void Begin(SessionConnection connection, ConnectRequest request, TimeSpan expiry)
    {
        lock (_gate)
        {
            Attach(connection, request, expiry);
        }
    }

    /// <summary>Gives the session to a connection; the one that had it is parted from it.</summary>
    /// <returns>False when the session has ended, or must: also when it is another user's, whose messages are nobody else's business.</returns>
    public bool TryResume(SessionConnection connection, ConnectRequest request, TimeSpan expiry, DateTimeOffset now, out Parting parting)
    {
        lock (_gate)
        {
            parting = default;
            if (_ended || UserName != request.UserName || (request.Resumes ? !MayResume(now) : !OutlivesConnection || IsOver(now)))
            {
                return false;
            }

            // A Will that waits for its delay is cancelled by the new connection; one of a connection taken over without a delay is published.
            var willOfThePast = _connection is not null && !request.Resumes && _will is { Delay.Ticks: 0 } ? _will : null;
            parting = new Parting(_connection, willOfThePast);
            Attach(connection, request, expiry);
            return true;
        }
    }

    /// <summary>Ends the connection's hold on the session.</summary>
    /// <param name="connection">Who lets go.</param>
    /// <param name="keepWill">False to forget the Will.</param>
    /// <param name="expiry">New Session Expiry Interval, or null to leave it.</param>
    /// <param name="now">The time.</param>
    /// <param name="dueWill">The Will, if it is to be published now and not with the end of the session.</param>
    /// <returns>False when the connection no longer held it.</returns>
    public bool TryDetach(SessionConnection connection, bool keepWill, TimeSpan? expiry, DateTimeOffset now, out WillMessage? dueWill)
    {
        lock (_gate)
        {
            dueWill = null;
            if (_connection != connection)
            {
                return false;
            }

            _connection = null;
            _congestion.End();
            DisconnectedAt = now;
            Expiry = expiry ?? Expiry;
            _sleep = null;
            _will = keepWill ? _will : null;
            if (OutlivesConnection)
            {
                DropSentOnce();
                dueWill = TakeWillIfDue(now);
            }

            TellTotal();
            return true;
        }
    }

    /// <summary>The Will, if it is due: the connection is gone and its delay is over.</summary>
    public WillMessage? TakeDueWill(DateTimeOffset now)
    {
        lock (_gate)
        {
            return TakeWillIfDue(now);
        }
    }

    /// <summary>When something of this session falls due next: the end of its connection, its Will, its own end, or that of a message which waits; null for never.</summary>
    public DateTimeOffset? NextDue()
    {
        lock (_gate)
        {
            var due = DisconnectedAt is not { } since ? _connection?.EndsAt
                : _will is not null && (!Expires || WillDelay < Expiry) ? since + WillDelay
                : Expires ? since + Expiry
                : null;
            var old = NextTooOld();
            return _ended ? null : due < old ? due : old ?? due;
        }
    }

    /// <summary>What the store keeps of the terms.</summary>
    public SessionRecord ToRecord()
    {
        lock (_gate)
        {
            return new SessionRecord
            {
                Number = Number,
                ClientId = ClientId,
                UserName = UserName,
                Peer = _client.Address is { } address ? new IPEndPoint(address, 0).ToString() : null,
                CertificateName = _client.CertificateName,
                Acl = _client.Token?.Acl,
                Expiry = Expiry,
                DisconnectedAt = DisconnectedAt,
                Sleep = _sleep,
                Note = _note,
                Will = _will,
            };
        }
    }

    /// <summary>The subscription with a filter; null when there is none or the session has ended.</summary>
    public Subscription? Find(TopicFilter filter)
    {
        lock (_gate)
        {
            return _ended ? null : _subscriptions.GetValueOrDefault(filter);
        }
    }

    /// <summary>Whether a client may have one more subscription; one that replaces another is none more.</summary>
    /// <param name="filter">Its filter.</param>
    /// <param name="maximum">How many it may have; 0 for any number.</param>
    public bool HasRoomFor(TopicFilter filter, int maximum)
    {
        if (maximum == 0 || IsInternal)
        {
            return true;
        }

        lock (_gate)
        {
            return _subscriptions.Count < maximum || _subscriptions.ContainsKey(filter);
        }
    }

    /// <returns>Whether the filter is new to the session.</returns>
    public bool SetSubscription(Subscription subscription)
    {
        lock (_gate)
        {
            var isNew = !_subscriptions.ContainsKey(subscription.Filter);
            _subscriptions[subscription.Filter] = subscription;
            return isNew;
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
    /// <param name="ifOverAt">Only if its time is over at this instant; null to end it in any case.</param>
    /// <returns>What it leaves; null when it had ended before, or its time is not over.</returns>
    public Remains? TryEnd(DateTimeOffset? ifOverAt)
    {
        List<IKeptReceipt> receipts;
        Remains remains;
        lock (_gate)
        {
            if (_ended || (ifOverAt is { } now && !IsOver(now)))
            {
                return null;
            }

            _ended = true;
            remains = TakeAll(new Parting(_connection, _will), [.. _subscriptions.Keys], out receipts);
            HasHeirs = remains.HasHeirs;
            _connection = null;
            _congestion.End();
            _will = null;
            TellTotal();
        }

        _services.Drops.Count(DropCause.SessionEnded, remains.Undelivered);
        foreach (var receipt in receipts)
        {
            receipt.Kept();
        }

        return remains;
    }

    /// <summary>Its Will has been published, if it was to be.</summary>
    public void Settle() => Volatile.Write(ref _isSettled, true);

    /// <summary>Takes over what was kept of a session; before it is shared.</summary>
    public void Restore(StoredSession stored, DateTimeOffset now)
    {
        _client = new ClientIdentity(ClientId, stored.Record.UserName, ClientIdentity.AddressOf(stored.Record.Peer ?? ""), stored.Record.CertificateName)
        {
            Token = stored.Record.Acl is { } acl ? new TokenGrant(acl) : null,
        };
        _isLimited = stored.Record.Acl is not null;
        Expiry = stored.Record.Expiry;
        DisconnectedAt = stored.Record.DisconnectedAt ?? now;
        _will = stored.Record.Will;
        _sleep = stored.Record.Sleep;
        _note = stored.Record.Note;
        foreach (var subscription in stored.Subscriptions)
        {
            _subscriptions[subscription.Filter] = subscription;
        }

        foreach (var packetId in stored.ReceivedPacketIds)
        {
            _received[packetId] = Task.FromResult(PublishOutcome.Accepted);
        }

        foreach (var (position, size, queuedAt, isReceived) in stored.Entries)
        {
            var since = queuedAt == default ? now : queuedAt;
            if (isReceived)
            {
                Fly(new LogEntry(Number, position)
                {
                    Qos = QualityOfService.ExactlyOnce,
                    Size = size,
                    QueuedAt = since,
                    Owner = this,
                    State = LogEntryState.Releasable,
                    IsStored = true,
                });
                _waiting.SkipTo(position + 1);
            }
            else
            {
                _waiting.AddStored(position, size, since);
            }
        }

        _restoredEnd = _waiting.End;
        TellTotal();
    }

    private void Attach(SessionConnection connection, ConnectRequest request, TimeSpan expiry)
    {
        _connection = connection;
        if (!request.Resumes)
        {
            _will = request.Will;
            _sleep = null;
            _note = _note.IsEmpty ? request.Note : _note;
            Expiry = expiry;
        }

        _limits = request.Queue ?? _services.DefaultLimits;
        _window = Math.Min(request.ReceiveMaximum, _limits.MaxInflight);
        _client = connection.Client;
        _isLimited = _client.Token?.Acl is not null;
        DisconnectedAt = null;
        _congestion.End();
        Rewind();
    }

    /// <summary>Whether its client may go on at another address as if nothing had been: it is there, or asleep. Who was lost or has left connects anew, with its Will.</summary>
    private bool MayResume(DateTimeOffset now) => !_note.IsEmpty && !IsOver(now) && (_connection is not null || _sleep is not null);

    private bool IsOver(DateTimeOffset now) => _connection is null && (!OutlivesConnection || (Expires && now >= DisconnectedAt + Expiry));

    private WillMessage? TakeWillIfDue(DateTimeOffset now)
    {
        if (_connection is not null || _will is null || now < DisconnectedAt + WillDelay)
        {
            return null;
        }

        var will = _will;
        _will = null;
        return will;
    }
}
