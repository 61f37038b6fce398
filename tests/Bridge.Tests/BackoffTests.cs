namespace Edge.Bridge.Tests;

public sealed class BackoffTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Waits_double_up_to_the_ceiling()
    {
        var backoff = new Backoff(Second, TimeSpan.FromSeconds(10), () => 0);

        Assert.Equal([1, 2, 4, 8, 10, 10], Enumerable.Range(0, 6).Select(_ => backoff.Next().TotalSeconds));
    }

    [Fact]
    public void Every_wait_is_spread_down_to_its_half_and_never_beyond_the_ceiling()
    {
        var backoff = new Backoff(Second, TimeSpan.FromSeconds(8), Random.Shared.NextDouble);
        double[] whole = [1, 2, 4, 8, 8, 8, 8, 8];

        var waits = whole.Select(_ => backoff.Next().TotalSeconds).ToArray();

        Assert.All(whole.Zip(waits), wait => Assert.InRange(wait.Second, wait.First / 2, wait.First));
        Assert.Equal(waits.Length, waits.Distinct().Count());
    }

    [Fact]
    public void A_success_begins_anew()
    {
        var backoff = new Backoff(Second, TimeSpan.FromSeconds(10), () => 0);
        backoff.Next();
        backoff.Next();

        backoff.Reset();

        Assert.Equal(Second, backoff.Next());
    }
}
