using System.Text;
using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;

namespace Edge.LocalBroker.Tests;

/// <summary>What the gateway says of itself on <c>$SYS</c>.</summary>
public sealed class SystemTopicsTests : IDisposable
{
    private readonly TestBroker _broker = new();
    private readonly SystemTopics _topics;

    public SystemTopicsTests() => _topics = new SystemTopics(_broker.Broker, _broker.Drops, _broker.Clock, "1.2.3");

    public void Dispose() => _broker.Dispose();

    [Fact]
    public async Task A_subscriber_finds_version_clients_and_every_cause_of_loss()
    {
        _broker.Drops.Count(DropCause.QueueFull, 7);
        _topics.Publish();

        var said = await ReadAsync("$SYS/broker/#");

        Assert.Equal("edge-gateway version 1.2.3", said["$SYS/broker/version"]);
        Assert.Equal("0", said["$SYS/broker/clients/connected"]);
        Assert.Equal("7", said["$SYS/broker/messages/dropped/queue-full"]);
        Assert.Equal("7", said["$SYS/broker/publish/messages/dropped"]);
        Assert.All(Enum.GetValues<DropCause>(), cause => Assert.Contains($"$SYS/broker/messages/dropped/{SystemTopics.NameOf(cause)}", said.Keys));
    }

    [Fact]
    public async Task Only_what_changed_is_published_again()
    {
        _topics.Add("$SYS/broker/bridges/cloud/state", () => "connected");
        _topics.Publish();
        var outcome = await _broker.Broker.ConnectAsync(new ConnectRequest { ClientId = "watcher" }, new RecordingSink());
        Assert.True(TopicFilter.TryParse("$SYS/broker/bridges/#", out var filter));
        await outcome.Session!.SubscribeAsync([new Subscription { Filter = filter, RetainHandling = RetainHandling.DoNotSend }]);

        _topics.Publish();

        Assert.Equal(0, outcome.Session.Take(new Delivery[8]));
    }

    [Fact]
    public async Task Uptime_counts_seconds()
    {
        _broker.Clock.Advance(TimeSpan.FromSeconds(90));
        _topics.Publish();

        Assert.Equal("90 seconds", (await ReadAsync("$SYS/broker/uptime"))["$SYS/broker/uptime"]);
    }

    private async Task<Dictionary<string, string>> ReadAsync(string filterText)
    {
        var outcome = await _broker.Broker.ConnectAsync(new ConnectRequest { ClientId = "reader" }, new RecordingSink());
        Assert.True(TopicFilter.TryParse(filterText, out var filter));
        await outcome.Session!.SubscribeAsync([new Subscription { Filter = filter }]);
        var deliveries = new Delivery[200];
        var count = outcome.Session.Take(deliveries);
        return deliveries.Take(count).ToDictionary(
            delivery => delivery.Message!.Topic.ToString(), delivery => Encoding.UTF8.GetString(delivery.Message!.Payload.Span));
    }
}
