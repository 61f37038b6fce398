using Edge.Messaging;
using Edge.Messaging.Stores;

namespace Edge.Bridge.Tests.Support;

/// <summary>A store that outlives the brokers of a test as a disk outlives processes. Commits at once, or when told.</summary>
internal sealed class MemoryStore : IMessageLog, ISessionStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, SessionRecord> _sessions = [];
    private readonly Dictionary<(long Session, TopicFilter Filter), Subscription> _subscriptions = [];
    private readonly SortedDictionary<(long Queue, long Position), (LogEntry Entry, Message Message, bool IsReceived)> _entries = [];
    private readonly HashSet<ReceivedExchange> _received = [];
    private readonly Dictionary<TopicName, Message> _retained = [];
    private readonly Dictionary<long, DelayedMessage> _delayed = [];
    private readonly Queue<Action> _waiting = new();
    private bool _isHeld;

    /// <summary>Messages on disk.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Nothing is committed from now on.</summary>
    public void Hold()
    {
        lock (_gate)
        {
            _isHeld = true;
        }
    }

    /// <summary>What waits is committed, and all that follows.</summary>
    public void LetGo()
    {
        lock (_gate)
        {
            _isHeld = false;
        }

        while (true)
        {
            Action? commit;
            lock (_gate)
            {
                if (!_waiting.TryDequeue(out commit))
                {
                    return;
                }
            }

            commit();
        }
    }

    /// <summary>What waits is lost, as when the process dies.</summary>
    public void Lose()
    {
        lock (_gate)
        {
            _waiting.Clear();
            _isHeld = false;
        }
    }

    public void Append(IReadOnlyList<LogEntry> entries, ReceivedExchange? received = null, long? delayed = null, SessionRecord? parted = null) => Do(() =>
    {
        foreach (var entry in entries)
        {
            if (entry.TryBeginWrite())
            {
                lock (_gate)
                {
                    _entries[(entry.Queue, entry.Position)] = (entry, entry.Message!, false);
                }

                entry.Owner?.OnStored(entry);
            }
        }

        lock (_gate)
        {
            if (received is { } exchange)
            {
                _received.Add(exchange);
            }

            if (delayed is { } number)
            {
                _delayed.Remove(number);
            }

            if (parted is not null)
            {
                _sessions[parted.Number] = parted;
            }
        }
    });

    public void MarkReceived(LogEntry entry) => Do(() =>
    {
        lock (_gate)
        {
            if (_entries.TryGetValue((entry.Queue, entry.Position), out var stored))
            {
                _entries[(entry.Queue, entry.Position)] = stored with { IsReceived = true };
            }
        }

        entry.Owner?.OnReceivedStored(entry);
    });

    public void Remove(long queue, long position) => DoLocked(() => _entries.Remove((queue, position)));

    public void RemoveQueue(long queue) => DoLocked(() =>
    {
        foreach (var key in _entries.Keys.Where(key => key.Queue == queue).ToArray())
        {
            _entries.Remove(key);
        }
    });

    public ValueTask<IReadOnlyList<LogEntry>> ReadAsync(long queue, long fromPosition, long toPosition)
    {
        lock (_gate)
        {
            return new(_entries
                .Where(kept => kept.Key.Queue == queue && kept.Key.Position >= fromPosition && kept.Key.Position <= toPosition && !kept.Value.IsReceived)
                .Select(kept => Again(kept.Value.Entry, kept.Value.Message))
                .ToArray());
        }
    }

    public StoredState Load()
    {
        lock (_gate)
        {
            return new StoredState(
                [.. _sessions.Values.Select(record => new StoredSession(
                    record,
                    [.. _subscriptions.Where(kept => kept.Key.Session == record.Number).Select(kept => kept.Value)],
                    [.. _received.Where(exchange => exchange.Session == record.Number).Select(exchange => exchange.PacketId)],
                    [.. _entries.Where(kept => kept.Key.Queue == record.Number)
                        .Select(kept => new StoredEntry(kept.Key.Position, kept.Value.Entry.Size, kept.Value.Entry.QueuedAt, kept.Value.IsReceived))]))],
                [.. _retained.Values],
                [.. _delayed.Values]);
        }
    }

    public void SaveSession(SessionRecord session) => DoLocked(() => _sessions[session.Number] = session);

    public void DeleteSession(long number) => DoLocked(() => _sessions.Remove(number));

    public void SaveSubscription(long session, Subscription subscription) => DoLocked(() => _subscriptions[(session, subscription.Filter)] = subscription);

    public void DeleteSubscription(long session, TopicFilter filter) => DoLocked(() => _subscriptions.Remove((session, filter)));

    public void RemoveReceived(ReceivedExchange exchange) => DoLocked(() => _received.Remove(exchange));

    public void SaveRetained(Message message) => DoLocked(() => _retained[message.Topic] = message);

    public void DeleteRetained(TopicName topic) => DoLocked(() => _retained.Remove(topic));

    public void SaveDelayed(DelayedMessage delayed, ReceivedExchange? received = null, SessionRecord? parted = null) => DoLocked(() =>
    {
        _delayed[delayed.Number] = delayed;
        if (received is { } exchange)
        {
            _received.Add(exchange);
        }

        if (parted is not null)
        {
            _sessions[parted.Number] = parted;
        }
    });

    public void DeleteDelayed(long number) => DoLocked(() => _delayed.Remove(number));

    public Task CommitAsync()
    {
        var committed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Do(committed.SetResult);
        return committed.Task;
    }

    private static LogEntry Again(LogEntry entry, Message message) => new(entry.Queue, entry.Position)
    {
        Qos = entry.Qos,
        Retain = entry.Retain,
        SubscriptionIdentifiers = entry.SubscriptionIdentifiers,
        Size = entry.Size,
        Message = message,
        IsStored = true,
    };

    private void DoLocked(Action change) => Do(() =>
    {
        lock (_gate)
        {
            change();
        }
    });

    private void Do(Action commit)
    {
        lock (_gate)
        {
            if (_isHeld)
            {
                _waiting.Enqueue(commit);
                return;
            }
        }

        commit();
    }
}
