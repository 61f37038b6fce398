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
    public async Task A_session_has_no_more_subscriptions_than_allowed_and_may_change_those_it_has()
    {
        using var broker = new TestBroker(new BrokerOptions { MaxSubscriptions = 2 });
        var client = await broker.ConnectAsync("c", Hour);

        Assert.Equal(
            [SubscribeOutcome.GrantedQos2, SubscribeOutcome.GrantedQos2, SubscribeOutcome.QuotaExceeded],
            await client.SubscribeAsync(Of("a"), Of("b"), Of("c")));
        Assert.Equal([SubscribeOutcome.GrantedQos1], await client.SubscribeAsync("b", Qos1));
        await client.UnsubscribeAsync("a");
        client.Lose();
        client = await broker.ConnectAsync("c", Hour);
        Assert.Equal([SubscribeOutcome.GrantedQos2, SubscribeOutcome.QuotaExceeded], await client.SubscribeAsync(Of("c"), Of("d")));
        Assert.Equal(2, broker.Broker.Snapshot().Subscriptions);
        Assert.Equal([SubscribeOutcome.GrantedQos2], await (await broker.ConnectAsync("other")).SubscribeAsync("d"));

        static Subscription Of(string filter) => new() { Filter = Filter(filter), MaximumQos = Qos2 };
    }

    [Fact]
    public async Task A_subscription_beyond_the_limit_takes_nothing_exclusively()
    {
        using var broker = new TestBroker(new BrokerOptions { MaxSubscriptions = 1 });
        var full = await broker.SubscriberAsync("full", "a");
        var other = await broker.ConnectAsync("other");

        Assert.Equal([SubscribeOutcome.QuotaExceeded], await full.SubscribeAsync("$exclusive/b"));
        Assert.Equal([SubscribeOutcome.GrantedQos2], await other.SubscribeAsync("$exclusive/b"));
    }

    [Fact]
    public async Task What_a_client_gets_without_asking_counts_and_is_not_refused()
    {
        Assert.True(TopicTemplate.TryParse("auto/1", out var first));
        Assert.True(TopicTemplate.TryParse("auto/2", out var second));
        using var broker = new TestBroker(new BrokerOptions
        {
            MaxSubscriptions = 1,
            AutoSubscribe = [new AutoSubscription { Topic = first }, new AutoSubscription { Topic = second }],
        });
        var client = await broker.ConnectAsync("c");

        Assert.Equal(2, client.Session.Subscriptions.Count);
        Assert.Equal([SubscribeOutcome.QuotaExceeded], await client.SubscribeAsync("a"));
    }

    [Fact]
    public async Task A_bridge_may_have_as_many_subscriptions_as_it_has_rules()
    {
        using var broker = new TestBroker(new BrokerOptions { MaxSubscriptions = 1 });
        var bridge = await broker.ConnectAsync(new ConnectRequest { ClientId = "$edge/bridge/cloud", Queue = new QueueLimits(10, 1_000, default, 10) });

        Assert.Equal([SubscribeOutcome.GrantedQos2], await bridge.SubscribeAsync("a"));
        Assert.Equal([SubscribeOutcome.GrantedQos2], await bridge.SubscribeAsync("b"));
    }

    [Fact]
    public async Task Messages_from_nodes_without_a_session_are_counted_as_received_and_the_gateway_s_own_are_not()
    {
        await _broker.Broker.PublishAsync(MessageOf("t", "12345"), isOwn: false);
        await _broker.Broker.PublishAsync(MessageOf("t", "12345"), isOwn: true);

        Assert.Equal((1, 5), (_broker.Broker.Metrics.MessagesReceived, _broker.Broker.Metrics.BytesReceived));
    }
}
