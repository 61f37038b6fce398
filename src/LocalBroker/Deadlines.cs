using Edge.LocalBroker.Sessions;

namespace Edge.LocalBroker;

/// <summary>Wakes the broker when a session's Will or end falls due. One timer for all; a session costs an entry only while something is to come.</summary>
internal sealed class Deadlines : IDisposable
{
    // A timer takes at most some 49 days; what is further off is looked at once on the way.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly PriorityQueue<Session, DateTimeOffset> _queue = new();
    private readonly Dictionary<Session, DateTimeOffset> _earliest = [];
    private readonly TimeProvider _clock;
    private readonly Action<Session> _onDue;
    private readonly ITimer _timer;

    /// <param name="clock">Tells the time.</param>
    /// <param name="onDue">Called on a timer's thread; looks itself what is due.</param>
    public Deadlines(TimeProvider clock, Action<Session> onDue)
    {
        _clock = clock;
        _onDue = onDue;
        _timer = clock.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Has the session looked at when the time comes. A later time than one already noted is found then.</summary>
    public void Watch(Session session)
    {
        if (session.NextDue() is not { } due)
        {
            return;
        }

        lock (_gate)
        {
            if (_earliest.TryGetValue(session, out var noted) && noted <= due)
            {
                return;
            }

            _earliest[session] = due;
            _queue.Enqueue(session, due);
            SetTimer();
        }
    }

    public void Dispose() => _timer.Dispose();

    private void OnTimer()
    {
        var due = new List<Session>();
        lock (_gate)
        {
            var now = _clock.GetUtcNow();
            while (_queue.TryPeek(out var session, out var at) && at <= now)
            {
                _queue.Dequeue();
                if (_earliest.GetValueOrDefault(session) == at)
                {
                    _earliest.Remove(session);
                    due.Add(session);
                }
            }

            SetTimer();
        }

        foreach (var session in due)
        {
            _onDue(session);
            Watch(session);
        }
    }

    private void SetTimer()
    {
        if (_queue.TryPeek(out _, out var next))
        {
            var wait = next - _clock.GetUtcNow();
            _timer.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait > Longest ? Longest : wait, Timeout.InfiniteTimeSpan);
        }
    }
}
