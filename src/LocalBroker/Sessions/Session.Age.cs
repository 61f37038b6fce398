using Edge.Messaging;
using Edge.Messaging.Stores;

namespace Edge.LocalBroker.Sessions;

/// <summary>The queue's limit on age: what has waited for too long goes, and is counted.</summary>
/// <remarks>On disk times are whole seconds, rounded down: so a second more goes by before a message is too old.</remarks>
internal sealed partial class Session
{
    /// <summary>So many go at a time, so that a backlog of millions takes no memory to give up.</summary>
    private const int AtATime = 1_000;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private bool HasMaxAge => _limits.MaxAge > TimeSpan.Zero;

    /// <summary>Gives up what has waited for too long.</summary>
    public void DropTooOld()
    {
        while (HasMaxAge && TakeTooOld() is { } old)
        {
            GiveUp(old, DropCause.TooOld);
        }
    }

    private List<LogEntry>? TakeTooOld()
    {
        List<LogEntry>? old = null;
        lock (_gate)
        {
            var limit = _services.Clock.GetUtcNow() - _limits.MaxAge - Second;
            while (!_ended && _waiting.OldestQueuedAt <= limit && !(old?.Count >= AtATime))
            {
                (old ??= []).Add(_waiting.RemoveFirst(Number));
            }

            for (var left = _again.Count; left > 0; left--)
            {
                var entry = _again.Dequeue();
                if (MustGoOn(entry) || entry.QueuedAt > limit)
                {
                    _again.Enqueue(entry);
                    continue;
                }

                _sentBytes -= entry.Size;
                (old ??= []).Add(entry);
            }

            while (_sentOnce.TryPeek(out var once) && once.QueuedAt <= limit)
            {
                _sentOnce.Dequeue();
                _sentOnceBytes -= once.Size;
                _services.Drops.Count(DropCause.TooOld);
            }

            TellTotal();
        }

        return old;
    }

    /// <summary>When a message that waits will be too old; null for never. Under the lock.</summary>
    private DateTimeOffset? NextTooOld()
    {
        if (!HasMaxAge)
        {
            return null;
        }

        var oldest = _waiting.OldestQueuedAt;
        foreach (var entry in _again)
        {
            oldest = !MustGoOn(entry) && entry.QueuedAt < oldest ? entry.QueuedAt : oldest;
        }

        if (_sentOnce.TryPeek(out var once) && once.QueuedAt < oldest)
        {
            oldest = once.QueuedAt;
        }

        return oldest == DateTimeOffset.MaxValue ? null : oldest + _limits.MaxAge + Second;
    }
}
