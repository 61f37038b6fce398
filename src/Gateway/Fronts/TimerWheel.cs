namespace Edge.Gateway.Fronts;

/// <summary>Wakes loops whose time has come, a quarter of a second late at most. One timer for all connections; an idle one costs a place in a list.</summary>
internal sealed class TimerWheel : IDisposable
{
    private const int Slots = 1_024;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly Alarm[] _slots = new Alarm[Slots];
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private long _done;

    public TimerWheel(TimeProvider clock)
    {
        _clock = clock;
        _done = TickOf(clock.GetTimestamp());
        for (var slot = 0; slot < Slots; slot++)
        {
            _slots[slot] = new Alarm(() => { });
        }

        _timer = clock.CreateTimer(_ => Turn(), null, Tick, Tick);
    }

    /// <summary>Alarms that are set.</summary>
    public int Count { get; private set; }

    /// <summary>Has <paramref name="wake"/> called when the time stamp is reached. It cannot be taken back: who is woken looks what is due.</summary>
    public void Wake(Action wake, long atTimestamp) => Set(new Alarm(wake), atTimestamp);

    /// <summary>Has an alarm ring when the time stamp is reached, and no more at the time it was set to before.</summary>
    public void Set(Alarm alarm, long atTimestamp)
    {
        lock (_gate)
        {
            TakeOut(alarm);
            alarm.Tick = Math.Max(TickOf(atTimestamp) + 1, _done + 1);
            _slots[alarm.Tick % Slots].Insert(alarm);
            Count++;
        }
    }

    /// <summary>Lets go of an alarm, and of whom it would wake. One that is about to ring may ring yet.</summary>
    public void Cancel(Alarm alarm)
    {
        lock (_gate)
        {
            TakeOut(alarm);
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
                Alarm? next;
                for (var alarm = _slots[(_done + 1) % Slots].Next; alarm is not null; alarm = next)
                {
                    next = alarm.Next;
                    if (alarm.Tick <= now)
                    {
                        due.Add(alarm.Wake);
                        TakeOut(alarm);
                    }
                }
            }
        }

        foreach (var wake in due)
        {
            wake();
        }
    }

    private void TakeOut(Alarm alarm)
    {
        if (alarm.IsSet)
        {
            alarm.Remove();
            Count--;
        }
    }

    private long TickOf(long timestamp) => (long)(timestamp * (double)TimeSpan.TicksPerSecond / _clock.TimestampFrequency) / Tick.Ticks;
}
