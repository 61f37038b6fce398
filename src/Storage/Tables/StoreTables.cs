using System.Runtime.InteropServices;
using Edge.Messaging;
using Edge.Messaging.Stores;
using Edge.Storage.Sqlite;
using Microsoft.Extensions.Logging;

namespace Edge.Storage.Tables;

/// <summary>All tables together: what one batch changes, and what there is at start.</summary>
internal sealed class StoreTables
{
    /// <summary>Octets saved in a batch from which on messages with several receivers are written apart, and once.</summary>
    private const int WorthSharing = 1024;

    private readonly Connection _connection;
    private readonly SharedMessages _shared;
    private readonly SegmentTable _segments;
    private readonly SessionTable _sessions;
    private readonly RetainedTable _retained;
    private readonly DelayedTable _delayed;
    private readonly StoreCounters _counters;
    private readonly ILogger _logger;

    public StoreTables(Connection connection, StoreCounters counters, ILogger logger)
    {
        _connection = connection;
        _counters = counters;
        _logger = logger;
        _shared = new SharedMessages(connection);
        _segments = new SegmentTable(connection, _shared, counters, logger);
        _sessions = new SessionTable(connection);
        _retained = new RetainedTable(connection);
        _delayed = new DelayedTable(connection);
    }

    /// <summary>Commits a batch. When it throws, nothing of it is on disk.</summary>
    public void Write(Batch batch)
    {
        try
        {
            _connection.Transact(() => Apply(batch));
            _shared.Confirm();
        }
        finally
        {
            _shared.Undo();
        }
    }

    /// <summary>See <see cref="IMessageLog.ReadAsync"/>.</summary>
    public List<LogEntry> Read(KeyRange keys) => _segments.Read(keys);

    /// <summary>Reads everything but the queued messages themselves. What is damaged, or belongs to no session, is deleted and counted.</summary>
    /// <returns>What there is, and how many messages are lost.</returns>
    public (StoredState State, long LostMessages) Load()
    {
        var damagedSessions = new List<long>();
        var damagedRetained = new List<long>();
        var damagedDelayed = new List<long>();
        var damagedEntries = new List<long>();
        var damagedSegments = new List<long>();
        var entries = new List<(long Queue, StoredEntry Entry)>();
        var sessions = _sessions.Load(damagedSessions);
        var retained = _retained.Load(damagedRetained);
        var delayed = _delayed.Load(damagedDelayed);
        var subscriptions = _sessions.LoadSubscriptions();
        var exchanges = _sessions.LoadExchanges();
        _shared.LoadIds();
        _segments.Load(entries, damagedEntries, damagedSegments);
        var unknown = subscriptions.Select(subscription => subscription.Session)
            .Concat(exchanges.Select(exchange => exchange.Session))
            .Concat(entries.Select(entry => entry.Queue))
            .Where(number => !sessions.ContainsKey(number))
            .Concat(damagedSessions)
            .ToHashSet();

        var damagedSubscriptions = subscriptions.Where(row => row.Subscription is null).ToList();
        var lostMessages = damagedRetained.Count + damagedDelayed.Count + damagedEntries.Count + damagedSegments.Count
            + entries.Count(entry => unknown.Contains(entry.Queue));
        var unused = _shared.Unused();
        if (unknown.Count + damagedSubscriptions.Count + lostMessages + unused.Count > 0)
        {
            _counters.CountDamaged(damagedSessions.Count + damagedSubscriptions.Count + lostMessages);
            _logger.DamageFound(damagedSessions.Count, damagedSubscriptions.Count, lostMessages);
            _connection.Transact(() =>
            {
                foreach (var number in unknown)
                {
                    _sessions.Delete(number);
                    if (EntryKey.IsQueue(number))
                    {
                        _segments.Remove(EntryKey.AllOf(number));
                    }
                }

                damagedSubscriptions.ForEach(row => _sessions.DeleteSubscription(row.Session, row.Filter));
                damagedRetained.ForEach(_retained.Delete);
                damagedDelayed.ForEach(_delayed.Delete);
                damagedSegments.ForEach(_segments.Delete);
                damagedEntries.ForEach(key => _segments.Remove(new KeyRange(key, key)));
                unused.ForEach(_shared.Delete);
                _shared.DeleteUnused();
            });
            _shared.Confirm();
        }

        var subscriptionsOf = subscriptions.Where(row => row.Subscription is not null).ToLookup(row => row.Session, row => row.Subscription!);
        var packetIdsOf = exchanges.ToLookup(exchange => exchange.Session, exchange => exchange.PacketId);
        var entriesOf = entries.ToLookup(entry => entry.Queue, entry => entry.Entry);
        var stored = sessions.Values
            .Select(session => new StoredSession(
                session, [.. subscriptionsOf[session.Number]], [.. packetIdsOf[session.Number]], [.. entriesOf[session.Number]]))
            .ToList();
        return (new StoredState(stored, retained, delayed), lostMessages);
    }

    private void Apply(Batch batch)
    {
        foreach (var session in batch.DeletedSessions)
        {
            _sessions.Delete(session);
        }

        foreach (var queue in batch.EmptiedQueues)
        {
            _segments.Remove(EntryKey.AllOf(queue));
        }

        foreach (var keys in KeyRange.Merge(batch.Removed))
        {
            _segments.Remove(keys);
        }

        foreach (var session in batch.Sessions)
        {
            _sessions.Save(session);
        }

        ApplySubscriptions(batch);
        ApplyExchanges(batch);
        ApplyRetained(batch);
        ApplyDelayed(batch);
        _segments.Append(CollectionsMarshal.AsSpan(EntriesToWrite(batch)));
        foreach (var key in batch.Received.Keys.Where(key => !batch.Appended.ContainsKey(key)))
        {
            _segments.MarkReceived(key);
        }

        _shared.DeleteUnused();
    }

    private void ApplySubscriptions(Batch batch)
    {
        foreach (var ((session, filter), subscription) in batch.Subscriptions)
        {
            if (subscription is null)
            {
                _sessions.DeleteSubscription(session, filter.ToString());
            }
            else
            {
                _sessions.SaveSubscription(session, subscription);
            }
        }
    }

    private void ApplyExchanges(Batch batch)
    {
        foreach (var (exchange, change) in batch.Exchanges)
        {
            if (change == ExchangeChange.Closed)
            {
                _sessions.DeleteExchange(exchange);
            }
            else
            {
                _sessions.SaveExchange(exchange);
            }
        }
    }

    private void ApplyRetained(Batch batch)
    {
        foreach (var (topic, message) in batch.Retained)
        {
            if (message is null)
            {
                _retained.Delete(topic);
            }
            else
            {
                _retained.Save(message);
            }
        }
    }

    private void ApplyDelayed(Batch batch)
    {
        foreach (var (number, delayed) in batch.Delayed)
        {
            if (delayed is null)
            {
                _delayed.Delete(number);
            }
            else
            {
                _delayed.Save(delayed);
            }
        }
    }

    /// <summary>The entries of a batch in the order of their keys; messages with several receivers are written on the way.</summary>
    private List<EntryToWrite> EntriesToWrite(Batch batch)
    {
        var sharedIds = ShareMessages(batch);
        var entries = new List<EntryToWrite>(batch.Appended.Count);
        foreach (var (key, pending) in batch.Appended.OrderBy(pair => pair.Key))
        {
            var isReceived = batch.Received.ContainsKey(key);
            entries.Add(new EntryToWrite(key, pending, isReceived ? 0 : sharedIds.GetValueOrDefault(pending.Message), isReceived));
        }

        return entries;
    }

    private Dictionary<Message, long> ShareMessages(Batch batch)
    {
        var uses = new Dictionary<Message, int>(ReferenceEqualityComparer.Instance);
        var saved = 0L;
        foreach (var (key, pending) in batch.Appended)
        {
            if (!batch.Received.ContainsKey(key))
            {
                ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(uses, pending.Message, out var isRepeated);
                count++;
                saved += isRepeated ? pending.Message.Size : 0;
            }
        }

        var ids = new Dictionary<Message, long>(ReferenceEqualityComparer.Instance);
        if (saved >= WorthSharing)
        {
            foreach (var (message, count) in uses.Where(use => use.Value > 1))
            {
                ids.Add(message, _shared.Add(message, count));
            }
        }

        return ids;
    }
}
