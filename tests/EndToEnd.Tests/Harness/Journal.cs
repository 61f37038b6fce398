namespace Edge.EndToEnd.Tests.Harness;

/// <summary>What happened, in order: lines of a log, messages received, acknowledgements. A test waits on it instead of sleeping.</summary>
internal sealed class Journal<T>
{
    private readonly Lock _lock = new();
    private readonly List<T> _entries = [];
    private readonly List<Waiter> _waiters = [];

    /// <summary>Entries so far.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Adds an entry and wakes who waited for it.</summary>
    public void Add(T entry)
    {
        lock (_lock)
        {
            _entries.Add(entry);
            _waiters.RemoveAll(waiter => waiter.TryComplete(_entries));
        }
    }

    /// <summary>The entries so far.</summary>
    public T[] ToArray()
    {
        lock (_lock)
        {
            return [.. _entries];
        }
    }

    /// <summary>Waits until a condition holds of the entries, which may be so already.</summary>
    /// <returns>The entries at that moment.</returns>
    public async Task<T[]> WhenAsync(Func<IReadOnlyList<T>, bool> condition, string what, TimeSpan? limit = null)
    {
        var waiter = new Waiter(condition);
        lock (_lock)
        {
            if (!waiter.TryComplete(_entries))
            {
                _waiters.Add(waiter);
            }
        }

        try
        {
            return await waiter.Entries.OrFailAsync(what, limit);
        }
        catch (TimeoutException timeout)
        {
            throw new TimeoutException($"{timeout.Message} There are {Count} entries; the last: {string.Join(" | ", ToArray().TakeLast(10))}");
        }
    }

    /// <summary>Waits for a number of entries.</summary>
    public Task<T[]> CountAsync(int count, string what, TimeSpan? limit = null) =>
        WhenAsync(entries => entries.Count >= count, $"{count} × {what}", limit);

    /// <summary>Waits for the first entry that is wanted.</summary>
    public async Task<T> FirstAsync(Func<T, bool> wanted, string what, TimeSpan? limit = null)
    {
        var seen = 0;
        var found = -1;
        await WhenAsync(
            entries =>
            {
                for (; found < 0 && seen < entries.Count; seen++)
                {
                    found = wanted(entries[seen]) ? seen : -1;
                }

                return found >= 0;
            },
            what,
            limit);
        return ToArray()[found];
    }

    private sealed class Waiter(Func<IReadOnlyList<T>, bool> condition)
    {
        private readonly TaskCompletionSource<T[]> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T[]> Entries => _completion.Task;

        public bool TryComplete(List<T> entries) => condition(entries) && _completion.TrySetResult([.. entries]);
    }
}
