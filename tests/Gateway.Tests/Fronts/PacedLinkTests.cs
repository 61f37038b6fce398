using Edge.Gateway.Configuration;
using Edge.Gateway.Fronts;
using Edge.Messaging;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Gateway.Tests.Fronts;

/// <summary>What comes too fast from an address is dropped before anybody reads it.</summary>
public sealed class PacedLinkTests : IAsyncDisposable
{
    private const string Greedy = "192.0.2.7:5000";
    private const string Modest = "192.0.2.8:5000";

    private readonly FakeTimeProvider _clock = new();
    private readonly RecordingLog _log = new();
    private readonly FrontFixture _gateway;
    private readonly RecordedLink _inner = new();
    private readonly PacedLink _link;

    public PacedLinkTests()
    {
        _gateway = new FrontFixture(_clock, _log);
        _link = new PacedLink(_inner, RatePerAddress.For(new Rate(2, TimeSpan.FromSeconds(1)), _clock)!, "listeners.mqttsn.max_datagram_rate_per_address", _gateway.Services);
    }

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public void What_is_too_much_is_dropped_unread_counted_and_told_of_once_and_the_rest_keeps_its_order()
    {
        _inner.Bring((Greedy, "01"), (Greedy, "02"), (Greedy, "03"), (Modest, "04"), (Greedy, "05"), (Modest, "06"));

        Assert.Equal(["01 192.0.2.7:5000", "02 192.0.2.7:5000", "04 192.0.2.8:5000", "06 192.0.2.8:5000"], Received());

        Assert.Equal((4, 2), (_inner.Read, _gateway.Services.Drops.Read(DropCause.Rate)));
        Assert.Single(_log.Lines, line => line.Contains("listeners.mqttsn.max_datagram_rate_per_address", StringComparison.Ordinal) && line.Contains("192.0.2.7", StringComparison.Ordinal));

        _clock.Advance(TimeSpan.FromSeconds(1));
        _inner.Bring((Greedy, "07"));
        Assert.Equal(["07 192.0.2.7:5000"], Received());
    }

    [Fact]
    public void Nodes_behind_a_forwarder_share_its_rate()
    {
        using var link = new ForwarderLink(_link);
        _inner.Bring((Greedy, "03 FE 00 0216"), (Greedy, "04 FE 00 01 0216"), (Greedy, "04 FE 00 02 0216"), (Greedy, "0216"));

        Assert.Equal(["192.0.2.7:5000/", "192.0.2.7:5000/01"], Enumerable.Range(0, link.Receive(TimeSpan.Zero)).Select(index => $"{link.Sender(index)}"));
    }

    [Fact]
    public void Nothing_is_allocated_for_a_datagram_passed_on_or_dropped()
    {
        _inner.Bring(Enumerable.Repeat((Greedy, "01"), 10));
        _link.Receive(TimeSpan.Zero);

        Assert.Equal(0, Allocations.PerCall(() => _link.Receive(TimeSpan.Zero)));

        using var free = new PacedLink(_inner, RatePerAddress.For(new Rate(1_000_000_000, TimeSpan.FromSeconds(1)), _clock)!, "", _gateway.Services);
        Assert.Equal(10, free.Receive(TimeSpan.Zero));
        Assert.Equal(0, Allocations.PerCall(() => free.Receive(TimeSpan.Zero)));
    }

    private List<string> Received()
    {
        var received = new List<string>();
        for (var (index, count) = (0, _link.Receive(TimeSpan.Zero)); index < count; index++)
        {
            received.Add($"{Convert.ToHexString(_link.Datagram(index))} {_link.Sender(index)}");
        }

        return received;
    }
}
