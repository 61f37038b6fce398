using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Edge.Messaging;
using Edge.Messaging.Stores;

namespace Edge.LocalBroker.Tests.Support;

/// <summary>A store in memory whose commits are made by hand: nothing is kept until <see cref="Commit"/>.</summary>
internal sealed class MemoryStore : IMessageLog, ISessionStore
{
    private readonly Lock _gate = new();
    private readonly Lock _committing = new();
    private readonly Channel<bool> _asked = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Dictionary<long, SessionRecord> _sessions = [];
    private readonly Dictionary<(long Session, TopicFilter Filter), Subscription> _subscriptions = [];
    private readonly HashSet<ReceivedExchange> _received = [];
    private readonly SortedDictionary<(long Queue, long Position), KeptEntry> _entries = [];
    private readonly Dictionary<TopicName, Message> _retained = [];
    private readonly Dictionary<long, DelayedMessage> _delayed = [];
    private List<Func<Action?>> _pending = [];
    private (string Call, Action Interruption)? _interruption;

    /// <summary>Entries that reached the disk so far.</summary>
    public int EntriesWritten { get; private set; }

    /// <summary>Entries that were appended so far, in order; kept or not.</summary>
    public List<LogEntry> Appended { get; } = [];

    /// <summary>Entries on disk now.</summary>
    public int EntryCount => Read(() => _entries.Count);

    public int SessionCount => Read(() => _sessions.Count);

    public int ReceivedCount => Read(() => _received.Count);

    public int RetainedCount => Read(() => _retained.Count);

    public int DelayedCount => Read(() => _delayed.Count);

    public int Reads { get; private set; }

    /// <summary>Makes every read fail while it is set.</summary>
    public bool IsUnreadable { get; set; }

    /// <summary>Reads wait for it.</summary>
    public Task MayRead { get; set; } = Task.CompletedTask;

    /// <summary>Rows that belong to no session: what a sloppy order of calls leaves behind.</summary>
    public int Orphans => Read(() =>
        _subscriptions.Keys.Count(key => !_sessions.ContainsKey(key.Session))
        + _received.Count(exchange => !_sessions.ContainsKey(exchange.Session))
        + _entries.Keys.Count(key => !_sessions.ContainsKey(key.Queue)));

    /// <summary>Puts on disk what was asked for so far, and tells everybody who waits for it.</summary>
    public void Commit()
    {
        lock (_committing)
        {
            var answers = new List<Action>();
            lock (_gate)
            {
                var operations = _pending;
                _pending = [];
                foreach (var operation in operations)
                {
                    if (operation() is { } answer)
                    {
                        answers.Add(answer);
                    }
                }
            }

            foreach (var answer in answers)
            {
                answer();
            }
        }
    }

    /// <summary>Commits whenever something is asked for, until cancelled; then a last time.</summary>
    public async Task CommitContinuouslyAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                await _asked.Reader.ReadAsync(stopping);
                Commit();
            }
        }
        catch (OperationCanceledException)
        {
            Commit();
        }
    }

    /// <summary>What a restart finds after the power was cut now: the last commit, and nothing of what came after.</summary>
    public MemoryStore Crash()
    {
        var found = new MemoryStore();
        lock (_gate)
        {
            Copy(_sessions, found._sessions);
            Copy(_subscriptions, found._subscriptions);
            Copy(_retained, found._retained);
            Copy(_delayed, found._delayed);
            found._received.UnionWith(_received);
            foreach (var (key, entry) in _entries)
            {
                found._entries.Add(key, entry);
            }
        }

        return found;

        static void Copy<TKey, TValue>(Dictionary<TKey, TValue> from, Dictionary<TKey, TValue> to)
            where TKey : notnull
        {
            foreach (var (key, value) in from)
            {
                to.Add(key, value);
            }
        }
    }

    /// <summary>Spoils what is on disk, counted from the oldest entry of all queues.</summary>
    public void Damage(int index)
    {
        lock (_gate)
        {
            var key = _entries.Keys.ElementAt(index);
            _entries[key] = _entries[key] with { IsDamaged = true };
        }
    }

    /// <summary>Lets something happen once, when a method is called and before it does anything: another caller that comes at the worst moment.</summary>
    public void Interrupt(string call, Action interruption) => _interruption = (call, interruption);

    /// <summary>Lets go of everything on disk, as a real disk holds no objects.</summary>
    public void ForgetMessages()
    {
        lock (_gate)
        {
            _entries.Clear();
            Appended.Clear();
        }
    }

    public void Append(IReadOnlyList<LogEntry> entries, ReceivedExchange? received = null, long? delayed = null, SessionRecord? parted = null)
    {
        lock (_gate)
        {
            Appended.AddRange(entries);
        }

        Ask(() => Write(entries, received, delayed, parted));
    }

    public void MarkReceived(LogEntry entry) => Ask(() =>
    {
        if (_entries.TryGetValue((entry.Queue, entry.Position), out var kept))
        {
            _entries[(entry.Queue, entry.Position)] = kept with { IsReceived = true };
        }

        return () => entry.Owner!.OnReceivedStored(entry);
    });

    public void Remove(long queue, long position) => Ask(() =>
    {
        _entries.Remove((queue, position));
        return null;
    });

    public void RemoveQueue(long queue) => Ask(() =>
    {
        RemoveEntriesOf(queue);
        return null;
    });

    public async ValueTask<IReadOnlyList<LogEntry>> ReadAsync(long queue, long fromPosition, long toPosition)
    {
        await MayRead;
        lock (_gate)
        {
            Reads++;
            return IsUnreadable
                ? throw new StoreException("The store was made unreadable by the test.")
                : [.. _entries
                    .Where(kept => kept.Key.Queue == queue && kept.Key.Position >= fromPosition && kept.Key.Position <= toPosition && !kept.Value.IsDamaged)
                    .Select(kept => ReadBack(kept.Key.Queue, kept.Key.Position, kept.Value))];
        }
    }

    public StoredState Load() => Read(() => new StoredState(
        [.. _sessions.Values.Select(session => new StoredSession(
            session,
            [.. _subscriptions.Where(kept => kept.Key.Session == session.Number).Select(kept => kept.Value)],
            [.. _received.Where(exchange => exchange.Session == session.Number).Select(exchange => exchange.PacketId)],
            [.. _entries.Where(kept => kept.Key.Queue == session.Number).Select(kept => new StoredEntry(kept.Key.Position, kept.Value.Size, kept.Value.QueuedAt, kept.Value.IsReceived))]))],
        [.. _retained.Values],
        [.. _delayed.Values]));

    public void SaveSession(SessionRecord session) => Ask(() =>
    {
        _sessions[session.Number] = session;
        return null;
    });

    public void DeleteSession(long number) => Ask(() =>
    {
        _sessions.Remove(number);
        _received.RemoveWhere(exchange => exchange.Session == number);
        foreach (var key in _subscriptions.Keys.Where(key => key.Session == number).ToList())
        {
            _subscriptions.Remove(key);
        }

        RemoveEntriesOf(number);
        return null;
    });

    public void SaveSubscription(long session, Subscription subscription) => Ask(() =>
    {
        _subscriptions[(session, subscription.Filter)] = subscription;
        return null;
    });

    public void DeleteSubscription(long session, TopicFilter filter) => Ask(() =>
    {
        _subscriptions.Remove((session, filter));
        return null;
    });

    public void RemoveReceived(ReceivedExchange exchange) => Ask(() =>
    {
        _received.Remove(exchange);
        return null;
    });

    public void SaveRetained(Message message) => Ask(() =>
    {
        _retained[message.Topic] = message;
        return null;
    });

    public void DeleteRetained(TopicName topic) => Ask(() =>
    {
        _retained.Remove(topic);
        return null;
    });

    public void SaveDelayed(DelayedMessage delayed, ReceivedExchange? received = null, SessionRecord? parted = null) => Ask(() =>
    {
        _delayed.Add(delayed.Number, delayed);
        if (received is { } exchange)
        {
            _received.Add(exchange);
        }

        if (parted is not null)
        {
            _sessions[parted.Number] = parted;
        }

        return null;
    });

    public void DeleteDelayed(long number) => Ask(() =>
    {
        _delayed.Remove(number);
        return null;
    });

    public Task CommitAsync()
    {
        var committed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Ask(() => committed.SetResult);
        return committed.Task;
    }

    private Action? Write(IReadOnlyList<LogEntry> entries, ReceivedExchange? received, long? delayed, SessionRecord? parted)
    {
        var written = entries.Where(entry => entry.TryBeginWrite()).ToList();
        foreach (var entry in written)
        {
            var message = entry.Message ?? throw new InvalidOperationException("An entry came to be written without its message.");
            _entries.Add((entry.Queue, entry.Position), new KeptEntry(entry, message, IsReceived: false, IsDamaged: false));
            EntriesWritten++;
        }

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

        return () => written.ForEach(entry => entry.Owner!.OnStored(entry));
    }

    private static LogEntry ReadBack(long queue, long position, KeptEntry kept) => new(queue, position)
    {
        Message = kept.Message,
        Qos = kept.Qos,
        Retain = kept.Retain,
        SubscriptionIdentifiers = kept.SubscriptionIdentifiers,
        Share = kept.Share,
        Size = kept.Size,
        IsStored = true,
    };

    private void RemoveEntriesOf(long queue)
    {
        foreach (var key in _entries.Keys.Where(key => key.Queue == queue).ToList())
        {
            _entries.Remove(key);
        }
    }

    private void Ask(Func<Action?> operation, [CallerMemberName] string call = "")
    {
        if (_interruption is var (interrupted, interruption) && interrupted == call)
        {
            _interruption = null;
            interruption();
        }

        lock (_gate)
        {
            _pending.Add(operation);
        }

        _asked.Writer.TryWrite(true);
    }

    private T Read<T>(Func<T> read)
    {
        lock (_gate)
        {
            return read();
        }
    }

    private sealed record KeptEntry(
        Message Message, QualityOfService Qos, bool Retain, uint[]? SubscriptionIdentifiers, TopicFilter Share, int Size, DateTimeOffset QueuedAt, bool IsReceived, bool IsDamaged)
    {
        public KeptEntry(LogEntry entry, Message message, bool IsReceived, bool IsDamaged)
            : this(message, entry.Qos, entry.Retain, entry.SubscriptionIdentifiers, entry.Share, entry.Size, entry.QueuedAt, IsReceived, IsDamaged)
        {
        }
    }
}
