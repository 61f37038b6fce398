namespace Edge.Bridge;

/// <summary>Deadlines of one link and the one timer that wakes it for the next of them. Arming is a store.</summary>
internal sealed class LinkTimers : IAsyncDisposable
{
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private readonly long[] _deadlines;
    private long _setFor;

    /// <param name="clock">Tells the time.</param>
    /// <param name="count">How many timers there are.</param>
    /// <param name="wake">Called, from any thread, when one has run out.</param>
    public LinkTimers(TimeProvider clock, int count, Action wake)
    {
        _clock = clock;
        _deadlines = new long[count];
        _timer = clock.CreateTimer(
            _ =>
            {
                Volatile.Write(ref _setFor, 0);
                wake();
            },
            null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
    }

    public void Arm(int timer, TimeSpan due) =>
        _deadlines[timer] = _clock.GetTimestamp() + (long)(due.TotalSeconds * _clock.TimestampFrequency);

    public void Disarm(int timer) => _deadlines[timer] = 0;

    /// <summary>Takes one timer that has run out; it is disarmed by that.</summary>
    public bool TryTakeDue(out int timer)
    {
        var now = _clock.GetTimestamp();
        for (timer = 0; timer < _deadlines.Length; timer++)
        {
            if (_deadlines[timer] is not 0 and var at && at <= now)
            {
                _deadlines[timer] = 0;
                return true;
            }
        }

        return false;
    }

    /// <summary>Makes sure of being woken for the next deadline.</summary>
    public void Set()
    {
        var next = 0L;
        foreach (var at in _deadlines)
        {
            next = at != 0 && (next == 0 || at < next) ? at : next;
        }

        // A timer set for an earlier deadline that was moved wakes for nothing once; that is cheaper than setting it with every frame.
        var setFor = Volatile.Read(ref _setFor);
        if (next != 0 && (setFor == 0 || next < setFor))
        {
            Volatile.Write(ref _setFor, next);
            var due = _clock.GetElapsedTime(_clock.GetTimestamp(), next);
            _timer.Change(TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(due.TotalMilliseconds))), Timeout.InfiniteTimeSpan);
        }
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();
}
