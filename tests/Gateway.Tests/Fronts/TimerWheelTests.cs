using Edge.Gateway.Fronts;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Gateway.Tests.Fronts;

/// <summary>Alarms: at their time, once, and gone with who set them.</summary>
public sealed class TimerWheelTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly TimerWheel _wheel;

    public TimerWheelTests() => _wheel = new TimerWheel(_clock);

    public void Dispose() => _wheel.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(250)]
    [InlineData(100_000)] // Beyond once round the wheel, as that of a day is.
    [InlineData(86_400)]
    public void An_alarm_rings_once_when_its_time_has_come(int seconds)
    {
        var rung = 0;
        _wheel.Wake(() => rung++, After(seconds));

        _clock.Advance(TimeSpan.FromSeconds(seconds - 0.5));
        Assert.Equal(0, rung);

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, rung);

        _clock.Advance(TimeSpan.FromSeconds(1_000));
        Assert.Equal(1, rung);
        Assert.Equal(0, _wheel.Count);
    }

    [Fact]
    public void An_alarm_that_is_set_anew_rings_at_its_new_time_alone()
    {
        var rung = 0;
        var alarm = new Alarm(() => rung++);
        _wheel.Set(alarm, After(100));
        _wheel.Set(alarm, After(10));
        Assert.Equal(1, _wheel.Count);

        _clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(1, rung);

        _clock.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(1, rung);
    }

    [Fact]
    public void An_alarm_that_is_taken_back_does_not_ring_and_its_neighbours_do()
    {
        List<int> rung = [];
        var alarms = Enumerable.Range(0, 3).Select(number => new Alarm(() => rung.Add(number))).ToArray();
        Array.ForEach(alarms, alarm => _wheel.Set(alarm, After(10)));
        _wheel.Cancel(alarms[1]);
        _wheel.Cancel(alarms[1]);
        Assert.Equal(2, _wheel.Count);

        _clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal([0, 2], rung.Order());
    }

    private long After(int seconds) => _clock.GetTimestamp() + (seconds * _clock.TimestampFrequency);
}
