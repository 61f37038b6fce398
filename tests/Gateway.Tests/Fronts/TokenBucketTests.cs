using CsCheck;
using Edge.Gateway.Configuration;
using Edge.Gateway.Fronts;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Gateway.Tests.Fronts;

/// <summary>Tokens come at their rate, whatever the order of asking. The clock stands where the test puts it.</summary>
public sealed class TokenBucketTests
{
    private readonly FakeTimeProvider _clock = new();

    private long Now => _clock.GetTimestamp();

    [Fact]
    public void As_many_as_come_in_the_period_may_be_taken_at_once_and_then_one_by_one_as_they_come()
    {
        var bucket = Bucket(10, seconds: 1);
        Assert.Equal(10, TakenAtOnce(bucket));

        _clock.Advance(TimeSpan.FromMilliseconds(99));
        Assert.Equal(0, TakenAtOnce(bucket));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, TakenAtOnce(bucket));
        _clock.Advance(TimeSpan.FromMilliseconds(350));
        Assert.Equal(3, TakenAtOnce(bucket));
    }

    [Fact]
    public void No_more_is_saved_up_than_comes_in_the_period()
    {
        var bucket = Bucket(10, seconds: 1);
        TakenAtOnce(bucket);

        _clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal(10, TakenAtOnce(bucket));
    }

    [Fact]
    public void What_is_larger_than_the_bucket_passes_and_is_paid_for_afterwards()
    {
        var bucket = Bucket(1_000, seconds: 1);

        var goOnAt = bucket.Take(5_000, Now);

        // A full bucket pays for nearly a second of the five.
        Assert.Equal(4.001, _clock.GetElapsedTime(Now, goOnAt).TotalSeconds, 6);
        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.True(bucket.IsInDebt(Now));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(bucket.IsInDebt(Now));
    }

    [Fact]
    public void Who_takes_is_told_when_the_next_may()
    {
        var bucket = Bucket(1, seconds: 10);

        Assert.Equal(TimeSpan.FromSeconds(10), _clock.GetElapsedTime(Now, bucket.Take(1, Now)));
        Assert.Equal(TimeSpan.FromSeconds(20), _clock.GetElapsedTime(Now, bucket.Take(1, Now)));
    }

    [Fact]
    public void In_no_span_of_time_more_is_let_through_than_the_rate_and_one_full_bucket() => Gen.Select(
        Gen.Int[1, 50], Gen.Int[1, 5], Gen.Select(Gen.Int[0, 400], Gen.Int[1, 20]).Array[1, 200]).Sample((amount, seconds, attempts) =>
    {
        var clock = new FakeTimeProvider();
        var bucket = new TokenBucket(new Rate(amount, TimeSpan.FromSeconds(seconds)), clock);
        var begin = clock.GetTimestamp();
        var taken = 0L;
        foreach (var (wait, tokens) in attempts)
        {
            clock.Advance(TimeSpan.FromMilliseconds(wait));
            if (!bucket.IsInDebt(clock.GetTimestamp()))
            {
                // All but the last may be taken by right: that one may leave a debt.
                var allowed = amount + (clock.GetElapsedTime(begin).TotalSeconds * amount / seconds);
                if (taken > allowed + 1e-3)
                {
                    return false;
                }

                bucket.Take(tokens, clock.GetTimestamp());
                taken += tokens;
            }
        }

        return true;
    });

    [Fact]
    public void Who_takes_as_soon_as_it_may_gets_the_whole_rate() => Gen.Int[1, 1_000].Sample(amount =>
    {
        var clock = new FakeTimeProvider();
        var bucket = new TokenBucket(new Rate(amount, TimeSpan.FromSeconds(1)), clock);
        var taken = 0;
        for (var tick = 0; tick < 100; tick++, clock.Advance(TimeSpan.FromMilliseconds(250)))
        {
            while (!bucket.IsInDebt(clock.GetTimestamp()))
            {
                bucket.Take(1, clock.GetTimestamp());
                taken++;
            }
        }

        // This clock's time stamps are a tenth of a microsecond apart, and a token costs a whole number of them.
        var right = amount * (1 + (99 * 0.25));
        return Math.Abs(taken - right) <= 1 + (right / 10_000);
    });

    [Fact]
    public void Many_threads_together_take_no_more_than_one_could()
    {
        var bucket = Bucket(1_000_000, seconds: 1);
        var now = Now;

        Parallel.For(0, 8, _ =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                bucket.Take(25, now);
            }
        });

        // Two million were taken, of which one was there.
        Assert.Equal(1, _clock.GetElapsedTime(now, bucket.Take(0, now)).TotalSeconds, 5);
    }

    [Fact]
    public void Taking_allocates_nothing()
    {
        var bucket = Bucket(1, seconds: 1);

        Assert.Equal(0, Allocations.PerCall(() => bucket.Take(1, Now)));
    }

    [Fact]
    public void Without_a_limit_there_is_no_bucket_and_no_pace()
    {
        Assert.Null(TokenBucket.For(default, _clock));
        Assert.Null(Pace.For(default, null, null, _clock));
    }

    [Fact]
    public void A_pace_holds_to_the_slowest_of_its_rates_and_shares_those_of_the_listener()
    {
        var shared = Bucket(3, seconds: 1);
        var own = new PublishRates(default, new Rate(100, TimeSpan.FromSeconds(1)));
        var (one, other) = (Pace.For(own, shared, null, _clock)!, Pace.For(own, shared, null, _clock)!);

        one.Take(150, Now);
        Assert.Equal((true, false), (one.IsSpent(Now), other.IsSpent(Now)));
        other.Take(1, Now);
        other.Take(1, Now);
        Assert.True(other.IsSpent(Now));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((false, false), (one.IsSpent(Now), other.IsSpent(Now)));
    }

    private TokenBucket Bucket(long amount, int seconds) => new(new Rate(amount, TimeSpan.FromSeconds(seconds)), _clock);

    private int TakenAtOnce(TokenBucket bucket)
    {
        var taken = 0;
        for (; !bucket.IsInDebt(Now); taken++)
        {
            bucket.Take(1, Now);
        }

        return taken;
    }
}
