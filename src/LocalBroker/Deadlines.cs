using Edge.LocalBroker.Sessions;

namespace Edge.LocalBroker;

/// <summary>Wakes the broker when something of a session falls due: its Will, its end or that of its connection, the age of a message. One timer for all; a session costs an entry only while something is to come.</summary>
internal sealed class Deadlines : IDisposable
{
    // A timer takes at most some 49 days; what is further off is looked at once on the way.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly SortedSet<Deadline> _byTime = new(Comparer<Deadline>.Create(
        (one, other) => one.Due != other.Due ? one.Due.CompareTo(other.Due) : one.Order.CompareTo(other.Order)));

    private readonly Dictionary<Session, Deadline> _bySession = [];
    private readonly TimeProvider _clock;
    private readonly Action<Session> _onDue;
    private readonly ITimer _timer;
    private long _order;

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
            if (_bySession.GetValueOrDefault(session) is { } noted)
            {
                if (noted.Due <= due)
                {
                    return;
                }

                _byTime.Remove(noted);
            }

            var deadline = new Deadline(due, _order++, session);
            _bySession[session] = deadline;
            _byTime.Add(deadline);
            SetTimer();
        }

        if (session.HasEnded)
        {
            Forget(session);
        }
    }

    /// <summary>Lets go of a session that has ended.</summary>
    public void Forget(Session session)
    {
        lock (_gate)
        {
            if (_bySession.Remove(session, out var noted))
            {
                _byTime.Remove(noted);
            }
        }
    }

    public void Dispose() => _timer.Dispose();

    private void OnTimer()
    {
        var due = new List<Session>();
        lock (_gate)
        {
            var now = _clock.GetUtcNow();
            while (_byTime.Min is { } next && next.Due <= now)
            {
                _byTime.Remove(next);
                _bySession.Remove(next.Session);
                due.Add(next.Session);
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
        if (_byTime.Min is { } next)
        {
            var wait = next.Due - _clock.GetUtcNow();
            _timer.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait > Longest ? Longest : wait, Timeout.InfiniteTimeSpan);
        }
    }

    private sealed record Deadline(DateTimeOffset Due, long Order, Session Session);
}
