using Microsoft.Extensions.Time.Testing;

namespace Edge.Bridge.Tests.Support;

/// <summary>A clock that a test moves, once it has seen that somebody waits for it.</summary>
internal sealed class WatchedClock : TimeProvider
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));

    /// <summary>Every wait that began, by its length.</summary>
    public Happenings<TimeSpan> Waits { get; } = new();

    public override TimeZoneInfo LocalTimeZone => _clock.LocalTimeZone;

    public override long TimestampFrequency => _clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _clock.GetUtcNow();

    public override long GetTimestamp() => _clock.GetTimestamp();

    public void Advance(TimeSpan by) => _clock.Advance(by);

    /// <summary>Waits until somebody waits for a time between two lengths, and lets it pass.</summary>
    public async Task<TimeSpan> PassAsync(TimeSpan atLeast, TimeSpan atMost, int from = 0)
    {
        var wait = await Waits.FirstAsync(wait => wait >= atLeast && wait <= atMost, from);
        Advance(wait);
        return wait;
    }

    /// <summary>Lets time pass, a second at a time, until something has happened.</summary>
    /// <returns>How much time has passed.</returns>
    public async Task<TimeSpan> PassUntilAsync(Task happening)
    {
        var begun = GetUtcNow();
        while (!happening.IsCompleted)
        {
            Advance(TimeSpan.FromSeconds(1));

            // Others run in real time: they get a moment of it to notice.
            await Task.WhenAny(happening, Task.Delay(TimeSpan.FromMilliseconds(5), System));
        }

        await happening;
        return GetUtcNow() - begun;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new WatchedTimer(_clock.CreateTimer(callback, state, dueTime, period), Waits);
        Note(dueTime, Waits);
        return timer;
    }

    private static void Note(TimeSpan dueTime, Happenings<TimeSpan> waits)
    {
        if (dueTime >= TimeSpan.Zero)
        {
            waits.Add(dueTime);
        }
    }

    private sealed class WatchedTimer(ITimer timer, Happenings<TimeSpan> waits) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var isChanged = timer.Change(dueTime, period);
            Note(dueTime, waits);
            return isChanged;
        }

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
