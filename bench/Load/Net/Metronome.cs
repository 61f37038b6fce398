namespace Edge.Load.Net;

/// <summary>Calls back at a fixed rate from the event loop (timerfd), exactly as often as time has passed.</summary>
internal sealed unsafe class Metronome : IReadyHandler, IDisposable
{
    private readonly EventLoop _loop;
    private readonly Action<int> _tick;
    private readonly int _descriptor;
    private readonly int _slot;

    /// <param name="loop">Where the ticks are served.</param>
    /// <param name="perSecond">Ticks per second.</param>
    /// <param name="tick">Receives how many ticks have passed since the call before.</param>
    internal Metronome(EventLoop loop, int perSecond, Action<int> tick)
    {
        _loop = loop;
        _tick = tick;
        _descriptor = Libc.Check(Libc.TimerCreate(Libc.MonotonicClock, Libc.NonBlocking | Libc.CloseOnExec), "timerfd_create");
        _slot = loop.Add(_descriptor, this);
        var (seconds, nanoseconds) = perSecond == 1 ? (1, 0) : (0, 1_000_000_000 / perSecond);
        var spec = new TimerSpec
        {
            IntervalSeconds = seconds,
            IntervalNanoseconds = nanoseconds,
            FirstSeconds = seconds,
            FirstNanoseconds = nanoseconds,
        };
        Libc.Check(Libc.TimerSetTime(_descriptor, 0, &spec, null), "timerfd_settime");
    }

    public void OnReadable()
    {
        ulong ticks;
        if (Libc.Read(_descriptor, &ticks, sizeof(ulong)) == sizeof(ulong))
        {
            _tick((int)ticks);
        }
    }

    public void OnWritable()
    {
    }

    public void Dispose()
    {
        _loop.Remove(_slot);
        Libc.Close(_descriptor);
    }
}
