using System.Collections.Concurrent;
using Edge.LocalBroker.Retained;
using Edge.LocalBroker.Routing;
using Edge.LocalBroker.Sessions;
using Edge.Messaging;
using Edge.Messaging.Stores;
using Microsoft.Extensions.Logging;

namespace Edge.LocalBroker;

/// <summary>The broker: who is connected, and the end of sessions. Routing and subscriptions are in the other parts.</summary>
/// <remarks>
/// Safe for any number of callers. No lock is held while another is taken: the table of sessions is a concurrent dictionary, each
/// session has one lock, and who meets a session that has just ended begins anew.
/// </remarks>
public sealed partial class Broker : IBroker, IDisposable
{
    private const int MaxClientIdOctets = 65_535;

    private readonly ConcurrentDictionary<string, Session> _sessions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, Session> _numbers = new();
    private readonly TopicTree _tree = new();
    private readonly RetainedMessages _retained;
    private readonly BrokerOptions _options;
    private readonly IMessageLog _log;
    private readonly ISessionStore _store;
    private readonly IDropCounter _drops;
    private readonly TimeProvider _clock;
    private readonly ILogger<Broker> _logger;
    private readonly SessionServices _services;
    private readonly Deadlines _deadlines;
    private long _lastNumber;

    /// <summary>Restores what the store kept; ready when it returns.</summary>
    /// <param name="options">Limits.</param>
    /// <param name="log">Durable queues.</param>
    /// <param name="store">Durable records.</param>
    /// <param name="drops">Where losses are counted.</param>
    /// <param name="clock">Tells the time.</param>
    /// <param name="logger">Where the broker speaks.</param>
    public Broker(
        BrokerOptions options, IMessageLog log, ISessionStore store, IDropCounter drops, TimeProvider clock, ILogger<Broker> logger)
    {
        _options = options;
        _log = log;
        _store = store;
        _drops = drops;
        _clock = clock;
        _logger = logger;
        _retained = new RetainedMessages(clock);
        _deadlines = new Deadlines(clock, OnDue);
        var limits = new QueueLimits(options.MaxQueuedMessages, options.MaxQueuedBytes, options.Overflow, options.MaxInflight);
        _services = new SessionServices(log, drops, Metrics, clock, logger, limits);
        Restore(store.Load());
    }

    /// <summary>What went through since the start.</summary>
    public BrokerMetrics Metrics { get; } = new();

    /// <summary>A look at the whole, for <c>$SYS</c> and health checks. Costs a pass over the sessions.</summary>
    public BrokerSnapshot Snapshot()
    {
        var (total, connected, messages, bytes) = (0, 0, 0L, 0L);
        foreach (var (_, session) in _sessions)
        {
            total++;
            connected += session.IsConnected ? 1 : 0;
            messages += session.QueuedMessages;
            bytes += session.QueuedBytes;
        }

        return new BrokerSnapshot(total, connected, _tree.Count, _retained.Count, messages, bytes);
    }

    /// <summary>How much waits for one client; null when there is no such session.</summary>
    public (int Messages, long Bytes)? QueueOf(string clientId) =>
        _sessions.TryGetValue(clientId, out var session) ? (session.QueuedMessages, session.QueuedBytes) : null;

    /// <inheritdoc/>
    public async ValueTask<ConnectOutcome> ConnectAsync(ConnectRequest request, IDeliverySink sink)
    {
        if (Refuse(request) is not ConnectRefusal.None and var refusal)
        {
            _logger.ClientRefused(request.ClientId, request.Peer, refusal);
            return new ConnectOutcome(refusal, null, SessionPresent: false);
        }

        if (request.ClientId.Length == 0)
        {
            request = request with { ClientId = $"edge-{Guid.NewGuid():N}" };
        }

        var expiry = request.Queue is null && request.SessionExpiry > _options.MaxSessionExpiry ? _options.MaxSessionExpiry : request.SessionExpiry;
        var connection = new SessionConnection(this, sink);
        var (present, mustCommit) = Attach(connection, request, expiry);
        _logger.ClientConnected(request.ClientId, request.Peer, request.Protocol, present);
        if (mustCommit)
        {
            await _store.CommitAsync();
        }

        return new ConnectOutcome(ConnectRefusal.None, connection, present);
    }

    /// <summary>Parts every connection from its session, as the gateway stops.</summary>
    public void DetachAll()
    {
        foreach (var (_, session) in _sessions)
        {
            session.Connection?.Sink.OnDetached(DetachReason.ShuttingDown);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _deadlines.Dispose();

    internal void Disconnect(SessionConnection connection, bool publishWill, TimeSpan? sessionExpiry)
    {
        var session = connection.Session;
        var expiry = sessionExpiry > _options.MaxSessionExpiry ? _options.MaxSessionExpiry : sessionExpiry;
        if (!session.TryDetach(connection, publishWill, expiry, _clock.GetUtcNow(), out _))
        {
            return;
        }

        _logger.ClientDisconnected(session.ClientId);
        if (!session.OutlivesConnection)
        {
            End(session);
            return;
        }

        PublishDueWill(session);
        _store.SaveSession(session.ToRecord());
        _deadlines.Watch(session);
    }

    private static ConnectRefusal Refuse(ConnectRequest request)
    {
        var claimsToBeInternal = request.ClientId.StartsWith(ConnectRequest.InternalPrefix, StringComparison.Ordinal);
        return claimsToBeInternal != request.Queue is not null || request.ClientId.Length > MaxClientIdOctets || request.ClientId.Contains('\0')
            ? ConnectRefusal.ClientIdInvalid
            : ConnectRefusal.None;
    }

    private (bool Present, bool MustCommit) Attach(SessionConnection connection, ConnectRequest request, TimeSpan expiry)
    {
        var mustCommit = false;
        while (true)
        {
            if (!_sessions.TryGetValue(request.ClientId, out var session))
            {
                session = new Session(request.ClientId, expiry > TimeSpan.Zero ? NewNumber() : 0, _services);
                connection.Session = session;
                session.TryAttach(connection, request, expiry, out _);
                if (_sessions.TryAdd(request.ClientId, session))
                {
                    SaveIfDurable(session);
                    return (false, mustCommit || session.IsDurable);
                }
            }
            else if (request.CleanStart || !session.OutlivesConnection || session.IsExpired(_clock.GetUtcNow()))
            {
                mustCommit |= session.IsDurable;
                End(session);
            }
            else
            {
                connection.Session = session;
                if (session.TryAttach(connection, request, expiry, out var parting))
                {
                    Part(session, parting);
                    SaveIfDurable(session);
                    return (true, mustCommit || session.IsDurable);
                }
            }
        }
    }

    private void SaveIfDurable(Session session)
    {
        if (session.IsDurable)
        {
            _numbers[session.Number] = session;
            _store.SaveSession(session.ToRecord());
        }
    }

    private void End(Session session)
    {
        if (session.TryEnd(out var parting, out var filters, out var undelivered))
        {
            foreach (var filter in filters)
            {
                _tree.Remove(session, filter);
            }

            if (session.IsDurable)
            {
                _store.DeleteSession(session.Number);
                _numbers.TryRemove(session.Number, out _);
            }

            Part(session, parting);
            _logger.SessionEnded(session.ClientId, undelivered);
        }

        _sessions.TryRemove(new KeyValuePair<string, Session>(session.ClientId, session));
    }

    private void Part(Session session, Parting parting)
    {
        parting.Connection?.Sink.OnDetached(DetachReason.TakenOver);
        if (parting.Will is { } will)
        {
            PublishWill(session.ClientId, will);
        }
    }

    private void OnDue(Session session)
    {
        PublishDueWill(session);
        if (session.IsExpired(_clock.GetUtcNow()))
        {
            End(session);
        }
        else if (session.IsDurable)
        {
            _store.SaveSession(session.ToRecord());
        }
    }

    private void PublishDueWill(Session session)
    {
        if (session.TakeDueWill(_clock.GetUtcNow()) is { } will)
        {
            PublishWill(session.ClientId, will);
        }
    }

    private void PublishWill(string clientId, WillMessage will) =>
        _ = Route(null, will.Message with { Origin = clientId, ExpiresAt = _clock.GetUtcNow() + will.ExpiryInterval }, 0).AsTask();

    private long NewNumber()
    {
        while (true)
        {
            var number = Interlocked.Increment(ref _lastNumber) & LogEntry.MaxQueue;
            if (number != 0 && !_numbers.ContainsKey(number))
            {
                return number;
            }
        }
    }

    private void Restore(StoredState state)
    {
        var now = _clock.GetUtcNow();
        var messages = 0L;
        foreach (var stored in state.Sessions)
        {
            var session = new Session(stored.Record.ClientId, stored.Record.Number, _services);
            session.Restore(stored, now);
            _sessions[session.ClientId] = session;
            _numbers[session.Number] = session;
            _lastNumber = Math.Max(_lastNumber, session.Number);
            messages += session.QueuedMessages;
            foreach (var subscription in stored.Subscriptions)
            {
                _tree.Set(new Subscriber(session, subscription));
            }

            _deadlines.Watch(session);
        }

        foreach (var message in state.Retained)
        {
            _retained.Set(message);
        }

        if (state.Sessions.Count + state.Retained.Count > 0)
        {
            _logger.Restored(state.Sessions.Count, messages, state.Retained.Count);
        }
    }
}
