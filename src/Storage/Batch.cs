using Edge.Messaging;
using Edge.Messaging.Stores;

namespace Edge.Storage;

/// <summary>What the next commit is to change: what was asked for, less what has cancelled out. For one caller at a time.</summary>
/// <remarks>Order within it needs no record: deletions of whole sessions come first, then removals, then the rest, one value for each key.</remarks>
internal sealed class Batch
{
    private readonly Dictionary<long, PendingEntry> _appended = [];
    private readonly Dictionary<long, LogEntry> _received = [];
    private readonly List<KeyRange> _removed = [];
    private readonly HashSet<long> _emptiedQueues = [];
    private readonly HashSet<long> _deletedSessions = [];
    private readonly Dictionary<long, SessionRecord> _sessions = [];
    private readonly Dictionary<(long Session, TopicFilter Filter), Subscription?> _subscriptions = [];
    private readonly Dictionary<ReceivedExchange, ExchangeChange> _exchanges = [];
    private readonly Dictionary<TopicName, Message?> _retained = [];
    private readonly Dictionary<long, DelayedMessage?> _delayed = [];
    private readonly List<TaskCompletionSource> _waiters = [];
    private long _receivedSince = long.MaxValue;
    private long _unhurriedSince = long.MaxValue;
    private long _firstWaiter = long.MaxValue;
    private long _lastWaiter = long.MinValue;
    private int _leftOut;

    /// <summary>Time stamp of what is asked for from here on.</summary>
    public long Now { get; set; }

    /// <summary>Entries to write, by key.</summary>
    public IReadOnlyDictionary<long, PendingEntry> Appended => _appended;

    /// <summary>Entries whose receiver has sent PUBREC, by key.</summary>
    public IReadOnlyDictionary<long, LogEntry> Received => _received;

    public List<KeyRange> Removed => _removed;

    public IReadOnlyCollection<long> EmptiedQueues => _emptiedQueues;

    public IReadOnlyCollection<long> DeletedSessions => _deletedSessions;

    public IReadOnlyCollection<SessionRecord> Sessions => _sessions.Values;

    /// <summary>Subscriptions to keep; null for one to forget.</summary>
    public IReadOnlyDictionary<(long Session, TopicFilter Filter), Subscription?> Subscriptions => _subscriptions;

    public IReadOnlyDictionary<ReceivedExchange, ExchangeChange> Exchanges => _exchanges;

    /// <summary>Retained messages to keep; null for one to forget.</summary>
    public IReadOnlyDictionary<TopicName, Message?> Retained => _retained;

    /// <summary>Delayed messages to keep, by number; null for one to forget.</summary>
    public IReadOnlyDictionary<long, DelayedMessage?> Delayed => _delayed;

    /// <summary>How many changes there are.</summary>
    public int Count =>
        _appended.Count + _received.Count + _removed.Count + _emptiedQueues.Count + _deletedSessions.Count
        + _sessions.Count + _subscriptions.Count + _exchanges.Count + _retained.Count + _delayed.Count;

    public bool IsEmpty => Count == 0 && _waiters.Count == 0;

    /// <summary>Whether somebody waits for any of it.</summary>
    public bool IsUrgent => _appended.Count + _received.Count + _waiters.Count > 0;

    private bool HasUnhurried => Count > _appended.Count + _received.Count;

    public void Append(LogEntry entry)
    {
        var message = entry.Message ?? throw new ArgumentException("An entry to append needs its message.", nameof(entry));
        _appended[EntryKey.Of(entry)] = new PendingEntry(entry, message, Now);
    }

    public void MarkReceived(LogEntry entry)
    {
        _receivedSince = _received.Count == 0 ? Now : _receivedSince;
        _received[EntryKey.Of(entry)] = entry;
    }

    public void Remove(long key)
    {
        _received.Remove(key);
        if (_appended.Remove(key))
        {
            _leftOut++;
            return;
        }

        NoteUnhurried();
        if (_removed.Count > 0 && _removed[^1].Last == key - 1)
        {
            _removed[^1] = _removed[^1] with { Last = key };
        }
        else
        {
            _removed.Add(new KeyRange(key, key));
        }
    }

    public void RemoveQueue(long queue)
    {
        NoteUnhurried();
        var keys = EntryKey.AllOf(queue);
        _leftOut += RemoveWhere(_appended, key => keys.Contains(key));
        RemoveWhere(_received, key => keys.Contains(key));
        _removed.RemoveAll(removed => keys.Contains(removed.First));
        _emptiedQueues.Add(queue);
    }

    public void SaveSession(SessionRecord session)
    {
        NoteUnhurried();
        _sessions[session.Number] = session;
    }

    public void DeleteSession(long number)
    {
        RemoveQueue(number);
        RemoveWhere(_subscriptions, key => key.Session == number);
        RemoveWhere(_exchanges, key => key.Session == number);
        _sessions.Remove(number);
        _deletedSessions.Add(number);
    }

    public void SaveSubscription(long session, Subscription subscription) => SetSubscription(session, subscription.Filter, subscription);

    public void DeleteSubscription(long session, TopicFilter filter) => SetSubscription(session, filter, null);

    public void OpenExchange(ReceivedExchange exchange)
    {
        NoteUnhurried();
        _exchanges[exchange] = _exchanges.GetValueOrDefault(exchange) is ExchangeChange.None or ExchangeChange.Opened
            ? ExchangeChange.Opened
            : ExchangeChange.Reopened;
    }

    public void CloseExchange(ReceivedExchange exchange)
    {
        NoteUnhurried();
        if (_exchanges.GetValueOrDefault(exchange) is ExchangeChange.Opened)
        {
            _exchanges.Remove(exchange);
        }
        else
        {
            _exchanges[exchange] = ExchangeChange.Closed;
        }
    }

    public void SaveRetained(Message message) => SetRetained(message.Topic, message);

    public void DeleteRetained(TopicName topic) => SetRetained(topic, null);

    public void SaveDelayed(DelayedMessage delayed)
    {
        NoteUnhurried();
        _delayed[delayed.Number] = delayed;
    }

    public void DeleteDelayed(long number)
    {
        NoteUnhurried();
        if (_delayed.GetValueOrDefault(number) is not null)
        {
            // It came due before it was on disk.
            _delayed.Remove(number);
        }
        else
        {
            _delayed[number] = null;
        }
    }

    /// <summary>Adds somebody who waits for the commit.</summary>
    public void AddWaiter(TaskCompletionSource waiter)
    {
        _firstWaiter = _waiters.Count == 0 ? Now : _firstWaiter;
        _lastWaiter = Now;
        _waiters.Add(waiter);
    }

    /// <summary>Drops what was withdrawn, tells those who waited for that alone, and says when the rest is due.</summary>
    /// <param name="commitDelay">How long to wait with what somebody waits for.</param>
    /// <param name="removalDelay">How long to wait with the rest.</param>
    /// <returns>A time stamp; <see cref="long.MaxValue"/> when nothing is left.</returns>
    public long FindDue(long commitDelay, long removalDelay)
    {
        var oldest = DropWithdrawn();
        if (!HasUnhurried && _received.Count == 0 && _lastWaiter < oldest)
        {
            CompleteWaiters();
        }

        var due = oldest == long.MaxValue ? long.MaxValue : oldest + commitDelay;
        if (_received.Count > 0)
        {
            due = Math.Min(due, _receivedSince + commitDelay);
        }

        if (HasUnhurried)
        {
            due = Math.Min(due, _waiters.Count > 0 ? _firstWaiter + commitDelay : _unhurriedSince + removalDelay);
        }

        return due;
    }

    /// <summary>Claims every entry for writing and leaves out those that were withdrawn.</summary>
    public void Claim()
    {
        foreach (var (key, pending) in _appended)
        {
            if (!pending.TryClaim())
            {
                Remove(key);
            }
        }
    }

    /// <summary>How many entries turned out to need no writing, since this was asked last.</summary>
    public int TakeLeftOut()
    {
        var count = _leftOut;
        _leftOut = 0;
        return count;
    }

    /// <summary>Takes up what was asked for later, as this one could not be committed yet.</summary>
    public void Merge(Batch later)
    {
        foreach (var session in later._deletedSessions)
        {
            DeleteSession(session);
        }

        foreach (var queue in later._emptiedQueues)
        {
            RemoveQueue(queue);
        }

        foreach (var (first, last) in later._removed)
        {
            for (var key = first; key <= last; key++)
            {
                Remove(key);
            }
        }

        foreach (var (key, pending) in later._appended)
        {
            _appended[key] = pending;
        }

        foreach (var (key, entry) in later._received)
        {
            _received[key] = entry;
        }

        _receivedSince = Math.Min(_receivedSince, later._receivedSince);

        MergeRecords(later);
        _leftOut += later._leftOut;
        _firstWaiter = Math.Min(_firstWaiter, later._firstWaiter);
        _lastWaiter = Math.Max(_lastWaiter, later._lastWaiter);
        _waiters.AddRange(later._waiters);
    }

    /// <summary>Tells everybody concerned that all of it is on disk, the owners of entries in the order of their positions.</summary>
    public void Complete()
    {
        foreach (var (_, pending) in _appended.OrderBy(pair => pair.Key))
        {
            pending.Entry.Owner?.OnStored(pending.Entry);
        }

        foreach (var (_, entry) in _received)
        {
            entry.Owner?.OnReceivedStored(entry);
        }

        CompleteWaiters();
    }

    /// <summary>Tells those who wait that it will not be on disk.</summary>
    public void Fail(Exception reason)
    {
        foreach (var waiter in _waiters)
        {
            waiter.TrySetException(reason);
        }
    }

    private void MergeRecords(Batch later)
    {
        foreach (var (number, session) in later._sessions)
        {
            _sessions[number] = session;
        }

        foreach (var (key, subscription) in later._subscriptions)
        {
            _subscriptions[key] = subscription;
        }

        foreach (var (exchange, change) in later._exchanges)
        {
            if (change != ExchangeChange.Opened)
            {
                CloseExchange(exchange);
            }

            if (change != ExchangeChange.Closed)
            {
                OpenExchange(exchange);
            }
        }

        foreach (var (topic, message) in later._retained)
        {
            _retained[topic] = message;
        }

        foreach (var (number, delayed) in later._delayed)
        {
            if (delayed is null)
            {
                DeleteDelayed(number);
            }
            else
            {
                SaveDelayed(delayed);
            }
        }
    }

    /// <returns>When the oldest entry came that is left; <see cref="long.MaxValue"/> for none.</returns>
    private long DropWithdrawn()
    {
        var oldest = long.MaxValue;
        foreach (var (key, pending) in _appended)
        {
            if (pending.Entry.IsWithdrawn)
            {
                Remove(key);
            }
            else
            {
                oldest = Math.Min(oldest, pending.Since);
            }
        }

        return oldest;
    }

    private void CompleteWaiters()
    {
        foreach (var waiter in _waiters)
        {
            waiter.TrySetResult();
        }

        _waiters.Clear();
    }

    private void SetSubscription(long session, TopicFilter filter, Subscription? subscription)
    {
        NoteUnhurried();
        _subscriptions[(session, filter)] = subscription;
    }

    private void SetRetained(TopicName topic, Message? message)
    {
        NoteUnhurried();
        _retained[topic] = message;
    }

    /// <summary>Notes when the first change came for which nobody waits.</summary>
    private void NoteUnhurried()
    {
        if (!HasUnhurried)
        {
            _unhurriedSince = Now;
        }
    }

    private static int RemoveWhere<TKey, TValue>(Dictionary<TKey, TValue> values, Predicate<TKey> condition)
        where TKey : notnull
    {
        var removed = 0;
        foreach (var (key, _) in values)
        {
            if (condition(key) && values.Remove(key))
            {
                removed++;
            }
        }

        return removed;
    }
}
