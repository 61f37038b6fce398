using Edge.LocalBroker.Access;
using Edge.LocalBroker.Tests.Support;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests.Retained;

/// <summary>A retained message is read without a subscription, by whoever might subscribe.</summary>
public sealed class ReadTests
{
    [Fact]
    public async Task The_retained_message_of_a_topic_is_read_and_nothing_else()
    {
        using var broker = new TestBroker();
        await broker.PublishAsync("a/b", "1", Qos1, retain: true);
        await broker.PublishAsync("a/c", "2", Qos1);
        var reader = await broker.ConnectAsync("reader");

        Assert.True(reader.Session.TryRead(Topic("a/b"), out var message));
        Assert.Equal("1", message.Text());
        Assert.True(reader.Session.TryRead(Topic("a/c"), out var none));
        Assert.Null(none);
        Assert.Empty(reader.Take());
        Assert.Empty(reader.Session.Subscriptions);
    }

    [Fact]
    public async Task What_has_expired_is_not_read_any_more()
    {
        using var broker = new TestBroker(new BrokerOptions { RetainedExpiry = Hour });
        await broker.PublishAsync("t", "1", Qos1, retain: true);
        var reader = await broker.ConnectAsync("reader");
        Assert.True(reader.Session.TryRead(Topic("t"), out var message));
        Assert.NotNull(message);

        broker.Clock.Advance(Hour);

        Assert.True(reader.Session.TryRead(Topic("t"), out message));
        Assert.Null(message);
        Assert.Equal(0, broker.Broker.Snapshot().Retained);
    }

    [Fact]
    public async Task Who_may_not_subscribe_may_not_read()
    {
        var access = new AccessControl(AnonymousAccess.Everyone, TimeProvider.System)
        {
            Rules = new AccessRules([new AccessRule { Allow = false, Actions = TopicActions.Subscribe, Topics = [Template("secret/#")] }], allowsOthers: true),
        };
        using var broker = new TestBroker(access: access);
        await broker.PublishAsync("secret/1", "1", Qos1, retain: true);
        var reader = await broker.ConnectAsync("reader");

        Assert.False(reader.Session.TryRead(Topic("secret/1"), out var message));
        Assert.Null(message);
        Assert.True(reader.Session.TryRead(Topic("open/1"), out _));
    }
}
