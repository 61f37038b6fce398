using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests;

/// <summary>What the broker does not let anybody do.</summary>
public sealed class LimitTests : IDisposable
{
    private readonly TestBroker _broker = new(new BrokerOptions { MaxTopicLevels = 3 });

    public void Dispose() => _broker.Dispose();

    [Theory]
    [InlineData("$edge/bridge/cloud", false)]
    [InlineData("$edge/", false)]
    [InlineData("a\0b", false)]
    [InlineData("not internal", true)]
    public async Task The_gateway_s_own_names_are_refused_to_clients_and_clients_names_to_the_gateway(string clientId, bool isInternal)
    {
        var request = new ConnectRequest { ClientId = clientId, Queue = isInternal ? new QueueLimits(1, 1, default, 1) : null };

        var outcome = await _broker.Broker.ConnectAsync(request, new RecordingSink());

        Assert.Equal(new ConnectOutcome(ConnectRefusal.ClientIdInvalid, null, false), outcome);
        Assert.Equal(0, _broker.Broker.Snapshot().Sessions);
    }

    [Theory]
    [InlineData("$SYS")]
    [InlineData("$SYS/broker/version")]
    public async Task No_client_may_publish_what_only_the_gateway_says(string topic)
    {
        var client = await _broker.SubscriberAsync("c", "$SYS/#");

        Assert.Equal(PublishOutcome.NotAuthorized, await client.PublishAsync(topic, qos: Qos1));
        Assert.Equal(PublishOutcome.NotAuthorized, await _broker.Kept(_broker.Broker.PublishAsync(MessageOf(topic), isOwn: false)));

        Assert.Empty(client.Take());
        Assert.Equal(2, _broker.Lost[DropCause.NotAuthorized]);
        Assert.Equal(PublishOutcome.Accepted, await _broker.PublishAsync(topic));
    }

    [Theory]
    [InlineData("$SYSTEM/x")]
    [InlineData("$other/x")]
    [InlineData("x/$SYS/y")]
    public async Task Other_topics_with_a_dollar_are_like_any(string topic)
    {
        var client = await _broker.SubscriberAsync("c", topic);

        Assert.Equal(PublishOutcome.Accepted, await client.PublishAsync(topic));
    }

    [Theory]
    [InlineData("a/b/c", true)]
    [InlineData("//", true)]
    [InlineData("a/b/c/d", false)]
    [InlineData("///", false)]
    public async Task Topics_and_filters_have_no_more_levels_than_allowed(string topic, bool allowed)
    {
        var client = await _broker.ConnectAsync("c");

        Assert.Equal([allowed ? SubscribeOutcome.GrantedQos1 : SubscribeOutcome.FilterInvalid], await client.SubscribeAsync(topic, Qos1));
        Assert.Equal(allowed ? PublishOutcome.Accepted : PublishOutcome.TopicInvalid, await client.PublishAsync(topic, qos: Qos1));
        Assert.Equal(allowed ? 0 : 1, _broker.Drops.Read(DropCause.Quota));
        Assert.Equal(allowed ? 1 : 0, _broker.Broker.Snapshot().Subscriptions);
    }

    [Fact]
    public async Task Messages_from_nodes_without_a_session_are_counted_as_received_and_the_gateway_s_own_are_not()
    {
        await _broker.Broker.PublishAsync(MessageOf("t", "12345"), isOwn: false);
        await _broker.Broker.PublishAsync(MessageOf("t", "12345"), isOwn: true);

        Assert.Equal((1, 5), (_broker.Broker.Metrics.MessagesReceived, _broker.Broker.Metrics.BytesReceived));
    }
}
