using System.Collections.Concurrent;
using Edge.LocalBroker.Access;
using Edge.LocalBroker.Delayed;
using Edge.LocalBroker.Retained;
using Edge.LocalBroker.Rewriting;
using Edge.LocalBroker.Routing;
using Edge.LocalBroker.Sessions;
using Edge.Messaging;
using Edge.Messaging.Stores;
using Microsoft.Extensions.Logging;

namespace Edge.LocalBroker;

/// <summary>The broker: what it is made of, and the end of connections and sessions. Their beginning, routing and subscriptions are in the other parts.</summary>
/// <remarks>
/// Safe for any number of callers. No lock is held while another is taken: the table of sessions is a concurrent dictionary, each
/// session has one lock, and who meets a session that has just ended begins anew.
/// </remarks>
public sealed partial class Broker : IBroker, IDisposable
{
    private readonly ConcurrentDictionary<string, Session> _sessions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, bool> _numbersInUse = new();
    private readonly TopicTree _tree = new();
    private readonly ExclusiveFilters _exclusive = new();
    private readonly RetainedMessages _retained;
    private readonly BrokerOptions _options;
    private readonly IMessageLog _log;
    private readonly ISessionStore _store;
    private readonly IDropCounter _drops;
    private readonly TimeProvider _clock;
    private readonly ILogger<Broker> _logger;
    private readonly SessionServices _services;
    private readonly Deadlines _deadlines;
    private readonly DelayedMessages _delayed;
    private readonly TopicRewrite? _rewrite;

    /// <summary>Restores what the store kept. What fell due meanwhile waits for <see cref="Start"/>.</summary>
    /// <param name="options">Limits.</param>
    /// <param name="log">Durable queues.</param>
    /// <param name="store">Durable records.</param>
    /// <param name="drops">Where losses are counted.</param>
    /// <param name="clock">Tells the time.</param>
    /// <param name="logger">Where the broker speaks.</param>
    /// <param name="access">Who may come in; the broker disposes of it. Null lets everyone in.</param>
    /// <param name="clientEventsOf">Name of the gateway that tells of clients that come and go; null when it does not.</param>
    public Broker(
        BrokerOptions options,
        IMessageLog log,
        ISessionStore store,
        IDropCounter drops,
        TimeProvider clock,
        ILogger<Broker> logger,
        AccessControl? access = null,
        string? clientEventsOf = null)
    {
        _options = options;
        _log = log;
        _store = store;
        _drops = drops;
        _clock = clock;
        _logger = logger;
        _access = access ?? new AccessControl(AnonymousAccess.Everyone, clock);
        _refusalsSaid = new SaidOnce(clock);
        _retained = new RetainedMessages(clock, RetainedLimits.For(options));
        _deadlines = new Deadlines(clock, OnDue);
        _delayed = new DelayedMessages(options.MaxDelayedMessages, options.MaxDelayedBytes, clock, PublishDue);
        _rewrite = TopicRewrite.For(options);
        _events = clientEventsOf is null ? null : new ClientEvents(clientEventsOf, clock);
        _connections = new ConnectionLimit(options.MaxConnections);
        var limits = new QueueLimits(options.MaxQueuedMessages, options.MaxQueuedBytes, options.Overflow, options.MaxInflight, options.MaxQueuedAge);
        _services = new SessionServices(log, drops, Metrics, clock, logger, limits, _deadlines.Watch, QueuedTotal.For(options, _sessions));
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
            var queued = session.Queued;
            total += session.IsInternal ? 0 : 1;
            connected += session.IsInternal || !session.IsConnected ? 0 : 1;
            messages += queued.Messages;
            bytes += queued.Bytes;
        }

        return new BrokerSnapshot(total, connected, _tree.Count, _retained.Count, _retained.Bytes, messages, bytes, _delayed.Count);
    }

    /// <summary>How much waits for one client; null when there is no such session.</summary>
    public (int Messages, long Bytes)? QueueOf(string clientId) =>
        _sessions.TryGetValue(clientId, out var session) ? session.Queued : null;

    /// <summary>How long the oldest QoS 1 or 2 message has waited for one client, over restarts too; zero when none waits.</summary>
    public TimeSpan OldestAgeOf(string clientId)
    {
        var oldest = _sessions.TryGetValue(clientId, out var session) ? session.OldestQueuedAt : null;
        var age = _clock.GetUtcNow() - oldest;
        return age > TimeSpan.Zero ? age.Value : TimeSpan.Zero;
    }

    /// <summary>Parts every connection from its session, as the gateway stops.</summary>
    public void DetachAll()
    {
        _access.Stop();
        foreach (var (_, session) in _sessions)
        {
            session.Connection?.Sink.OnDetached(DetachReason.ShuttingDown);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _deadlines.Dispose();
        _delayed.Dispose();
        _access.Dispose();
    }

    internal void Disconnect(SessionConnection connection, bool publishWill, TimeSpan? sessionExpiry)
    {
        var session = connection.Session;
        var expiry = session.IsInternal || !(sessionExpiry > _options.MaxSessionExpiry) ? sessionExpiry : _options.MaxSessionExpiry;
        if (!session.TryDetach(connection, publishWill, expiry, _clock.GetUtcNow(), out var dueWill))
        {
            return;
        }

        Left(session);
        TellDisconnected(connection, publishWill ? ClientEvents.Closed : ClientEvents.Normal);
        _logger.ClientDisconnected(session.ClientId);
        if (!session.OutlivesConnection)
        {
            End(session, onlyIfOver: true);
            return;
        }

        Publish(session, dueWill);
        Save(session);
        _deadlines.Watch(session);
    }

    /// <summary>Keeps the terms of a durable session as they are now.</summary>
    private void Save(Session session)
    {
        if (!session.IsDurable)
        {
            return;
        }

        // Others may change and save it at the same time: whoever finds that what it saved is no longer true saves again.
        SessionRecord saved;
        do
        {
            saved = session.ToRecord();
            _store.SaveSession(saved);
        }
        while (session.ToRecord() != saved);

        DeleteIfEnded(session);
    }

    /// <summary>Ends a session, for good.</summary>
    /// <returns>Whether it was this call that ended it.</returns>
    private bool End(Session session, bool onlyIfOver = false)
    {
        var remains = session.TryEnd(onlyIfOver ? _clock.GetUtcNow() : null);
        if (!session.HasEnded)
        {
            return false;
        }

        if (remains is not null)
        {
            Settle(session, remains);
        }

        // Also by who comes second: the commit that it waits for then covers the end.
        DeleteIfEnded(session);
        _sessions.TryRemove(new KeyValuePair<string, Session>(session.ClientId, session));
        return remains is not null;
    }

    /// <summary>Does what is left to do for a session that has just ended.</summary>
    private void Settle(Session session, Remains remains)
    {
        if (remains.Parting.Connection is not null)
        {
            Left(session);
        }

        foreach (var filter in remains.Filters)
        {
            Unhook(session, filter);
        }

        _deadlines.Forget(session);
        _logger.SessionEnded(session.ClientId, remains.Undelivered);
        Part(session, remains.Parting, ClientEvents.Discarded);
        session.Settle();
        if (remains.HasHeirs)
        {
            _ = PassOnAsync(session, remains);
        }
        else
        {
            _numbersInUse.TryRemove(session.Number, out _);
        }
    }

    /// <summary>Deletes a session from the store, unless it has something yet to leave to others.</summary>
    private void DeleteIfEnded(Session session)
    {
        if (session is { IsSettled: true, HasHeirs: false })
        {
            Delete(session);
        }
    }

    private void Delete(Session session)
    {
        if (session.IsDurable)
        {
            _store.DeleteSession(session.Number);
        }
    }

    private void Part(Session session, Parting parting, string reason)
    {
        if (parting.Connection is { } connection)
        {
            connection.Sink.OnDetached(DetachReason.TakenOver);
            TellDisconnected(connection, reason);
        }

        Publish(session, parting.Will);
    }

    private void OnDue(Session session)
    {
        session.DropTooOld();
        if (session.Connection is { } connection)
        {
            if (connection.TryEnd(_clock.GetUtcNow()))
            {
                _logger.ClientExpired(session.ClientId);
            }

            return;
        }

        var will = session.TakeDueWill(_clock.GetUtcNow());
        Publish(session, will);
        if (End(session, onlyIfOver: true))
        {
            Metrics.CountExpired();
        }
        else if (will is not null && !session.HasEnded)
        {
            Save(session);
        }
    }

    private void Publish(Session session, WillMessage? will)
    {
        if (will is null)
        {
            return;
        }

        var message = will.Message with { Origin = session.ClientId, ExpiresAt = _clock.GetUtcNow() + will.ExpiryInterval };
        if (TryTakeOffDelay(ref message, out var due)
            && MayPublish(session, message)
            && TryRewrite(ref message, session)
            && CheckTopic(message.Topic, isOwn: false) == PublishOutcome.Accepted)
        {
            // A restart finds the message or the Will, and never both. Nobody waits for the answer.
            var parted = session.IsDurable ? session.ToRecord() : null;
            _ = RouteNowOr(due, null, message, 0, parted).AsTask();
            DeleteIfEnded(session);
        }
    }
}
