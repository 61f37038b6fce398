using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests;

/// <summary>No more clients are connected than may be, and nobody who is connected loses its place to that.</summary>
public sealed class ConnectionLimitTests : IDisposable
{
    private readonly TestBroker _broker = new(new BrokerOptions { MaxConnections = 2 });

    public void Dispose()
    {
        _broker.Log.Lines.Clear();
        _broker.Dispose();
    }

    [Fact]
    public void There_are_as_many_places_as_the_limit_says_and_one_that_was_left_is_free_again()
    {
        var limit = new ConnectionLimit(2);

        Assert.Equal([true, true, false], [limit.TryEnter(), limit.TryEnter(), limit.TryEnter()]);
        limit.Leave();
        Assert.Equal([true, false], [limit.TryEnter(), limit.TryEnter()]);
    }

    [Fact]
    public void Who_enters_beyond_the_limit_is_counted_too()
    {
        var limit = new ConnectionLimit(1);
        Assert.True(limit.TryEnter());
        limit.Enter();

        limit.Leave();

        Assert.False(limit.TryEnter());
    }

    [Fact]
    public void A_limit_of_0_is_none()
    {
        var limit = new ConnectionLimit(0);

        Assert.All(Enumerable.Range(0, 1_000), _ => Assert.True(limit.TryEnter()));
    }

    [Fact]
    public void Many_at_the_same_time_get_no_more_places_than_there_are_and_no_fewer()
    {
        const int Places = 100;
        var limit = new ConnectionLimit(Places);
        var got = 0;

        Parallel.For(0, 10 * Places, _ => Interlocked.Add(ref got, limit.TryEnter() ? 1 : 0));

        Assert.Equal(Places, got);
    }

    [Fact]
    public async Task A_client_beyond_the_limit_is_refused_and_counted_until_another_goes()
    {
        var first = await _broker.ConnectAsync("a");
        await _broker.ConnectAsync("b", Hour);

        Assert.Equal(ConnectRefusal.QuotaExceeded, await RefusalOf("c"));
        first.Disconnect();

        Assert.Equal(ConnectRefusal.None, await RefusalOf("c"));
        Assert.Equal((1, 1), (_broker.Broker.Metrics.ClientsRefused, _broker.Broker.Metrics.ClientsRefusedFor(ConnectRefusal.QuotaExceeded)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_comes_again_takes_its_own_place_and_no_other(bool cleanStart)
    {
        await _broker.ConnectAsync("a");
        for (var times = 0; times < 3; times++)
        {
            await _broker.ConnectAsync("b", Hour, cleanStart);
        }

        Assert.Equal(ConnectRefusal.QuotaExceeded, await RefusalOf("c"));
        (await _broker.ConnectAsync("b", Hour, cleanStart)).Lose();
        Assert.Equal(ConnectRefusal.None, await RefusalOf("c"));
        Assert.Equal(ConnectRefusal.QuotaExceeded, await RefusalOf("d"));
    }

    [Fact]
    public async Task A_kept_session_without_a_connection_takes_no_place()
    {
        (await _broker.ConnectAsync("a", Hour)).Disconnect();
        await _broker.ConnectAsync("b");
        await _broker.ConnectAsync("c");

        Assert.Equal(ConnectRefusal.QuotaExceeded, await RefusalOf("a"));
    }

    [Fact]
    public async Task The_gateway_s_own_sessions_take_no_place()
    {
        for (var bridge = 0; bridge < 3; bridge++)
        {
            await _broker.ConnectAsync(new ConnectRequest { ClientId = $"$edge/bridge/{bridge}", Queue = new QueueLimits(10, 1_000, default, 10) });
        }

        await _broker.ConnectAsync("a");
        await _broker.ConnectAsync("b");

        Assert.Equal(ConnectRefusal.QuotaExceeded, await RefusalOf("c"));
    }

    [Fact]
    public async Task That_the_limit_is_reached_is_said_once_an_hour()
    {
        await _broker.ConnectAsync("a");
        await _broker.ConnectAsync("b");
        await RefusalOf("c");
        await RefusalOf("d");

        Assert.Contains("mqtt.max_connections is reached: c from ", Assert.Single(_broker.Log.Lines), StringComparison.Ordinal);
        _broker.Clock.Advance(TimeSpan.FromMinutes(61));
        await RefusalOf("e");
        Assert.Equal(2, _broker.Log.Lines.Count);
    }

    private async Task<ConnectRefusal> RefusalOf(string clientId) =>
        (await _broker.Kept(_broker.Broker.ConnectAsync(new ConnectRequest { ClientId = clientId }, new RecordingSink()))).Refusal;
}
