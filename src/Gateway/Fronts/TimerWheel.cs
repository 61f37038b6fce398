namespace Edge.Gateway.Fronts;

/// <summary>Wakes loops whose time has come, a quarter of a second late at most. One timer for all connections; an idle one costs a slot in a list.</summary>
internal sealed class TimerWheel : IDisposable
{
    private const int Slots = 1_024;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly List<Entry>[] _slots = new List<Entry>[Slots];
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private long _done;

    public TimerWheel(TimeProvider clock)
    {
        _clock = clock;
        _done = TickOf(clock.GetTimestamp());
        for (var slot = 0; slot < Slots; slot++)
        {
            _slots[slot] = [];
        }

        _timer = clock.CreateTimer(_ => Turn(), null, Tick, Tick);
    }

    /// <summary>Has <paramref name="wake"/> called when the time stamp is reached. It cannot be taken back: who is woken looks what is due.</summary>
    public void Wake(Action wake, long atTimestamp)
    {
        lock (_gate)
        {
            var tick = Math.Max(TickOf(atTimestamp) + 1, _done + 1);
            _slots[tick % Slots].Add(new Entry(tick, wake));
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Turn()
    {
        List<Action> due = [];
        lock (_gate)
        {
            var now = TickOf(_clock.GetTimestamp());
            for (_done = Math.Max(_done, now - Slots); _done < now; _done++)
            {
                _slots[(_done + 1) % Slots].RemoveAll(entry =>
                {
                    var isDue = entry.Tick <= now;
                    if (isDue)
                    {
                        due.Add(entry.Wake);
                    }

                    return isDue;
                });
            }
        }

        foreach (var wake in due)
        {
            wake();
        }
    }

    private long TickOf(long timestamp) => (long)(timestamp * (double)TimeSpan.TicksPerSecond / _clock.TimestampFrequency) / Tick.Ticks;

    private readonly record struct Entry(long Tick, Action Wake);
}
