using Edge.LocalBroker.Access;
using Edge.LocalBroker.Rewriting;
using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests.Rewriting;

/// <summary>Topic rewrite.</summary>
public sealed class RewriteTests
{
    // The examples of EMQX's documentation.
    private static readonly RewriteRule[] Examples =
    [
        Rule("y/+/z/#", "^y/(.+)/z/(.+)$", "y/z/$2"),
        Rule("x/#", "^x/y/(.+)$", "z/y/$1"),
        Rule("x/y/+", @"^x/y/(\d+)$", "z/y/$1"),
    ];

    [Theory]
    [InlineData("y/a/z/b", "y/z/b")]
    [InlineData("y/def", "y/def")]
    [InlineData("x/1/2", "x/1/2")]
    [InlineData("x/y/2", "z/y/2")]
    [InlineData("x/y/z", "x/y/z")] // The last rule matches the topic, its expression does not: no other is asked.
    [InlineData("x/y/z/a", "z/y/z/a")]
    public async Task The_last_rule_whose_source_matches_decides(string asked, string expected) =>
        Assert.Equal(expected, await PublishedAsync(new BrokerOptions { Rewrite = Examples }, asked));

    [Theory]
    [InlineData("x/y/2", "z/y/2")]
    [InlineData("x/y/z", "z/y/z")]
    [InlineData("x/1/2", "x/1/2")]
    public async Task Or_the_first_one(string asked, string expected) =>
        Assert.Equal(expected, await PublishedAsync(new BrokerOptions { Rewrite = Examples, RewriteOrder = RewriteOrder.First }, asked));

    [Theory]
    [InlineData("in/${clientid}/${username}/$1", "in/p/anna/a")]
    [InlineData("in/%c/%u/$1$1", "in/p/anna/aa")]
    [InlineData("${host}/$0", "192.0.2.7/t/a")]
    [InlineData("100%/$x/$", "100%/$x/$")]
    [InlineData("/", "/")]
    public async Task The_client_and_what_was_found_are_put_in(string template, string expected) =>
        Assert.Equal(expected, await PublishedAsync(new BrokerOptions { Rewrite = [Rule("t/+", "^t/(.+)$", template)] }, "t/a"));

    [Fact]
    public async Task A_message_that_would_go_to_no_topic_is_refused_and_counted()
    {
        using var broker = new TestBroker(new BrokerOptions
        {
            Rewrite = [Rule("a", "a(x?)", "$1"), Rule("b", "b", "b/${username}"), Rule("d", "d", "d/${clientid}"), Rule("g", "g", "g/${host}")],
        });
        var publisher = await broker.ConnectAsync("+", Hour);
        foreach (var topic in new[] { "a", "b", "d", "g" })
        {
            Assert.Equal(PublishOutcome.TopicInvalid, await publisher.PublishAsync(topic, "x", Qos2, packetId: 1));
        }

        Assert.Equal(4, broker.Drops.Read(DropCause.TopicInvalid));
    }

    [Theory]
    [InlineData("$delayed/5/c", PublishOutcome.TopicInvalid)]
    [InlineData("$SYS/c", PublishOutcome.NotAuthorized)]
    public async Task No_rule_leads_to_a_topic_that_nobody_may_publish_to(string template, PublishOutcome expected)
    {
        using var broker = new TestBroker(new BrokerOptions { Rewrite = [Rule("a", "a", template)] });

        Assert.Equal(expected, await (await broker.ConnectAsync("c")).PublishAsync("a"));
    }

    [Fact]
    public async Task A_subscription_is_kept_as_rewritten_and_ends_by_the_name_it_was_asked_for()
    {
        using var broker = new TestBroker(new BrokerOptions { Rewrite = Examples });
        var client = await broker.ConnectAsync("c", Hour);

        Assert.Equal([SubscribeOutcome.GrantedQos1], await client.SubscribeAsync("y/+/z/#", Qos1));

        Assert.Equal("y/z/#", Assert.Single(client.Session.Subscriptions).Filter.ToString());
        await broker.PublishAsync("y/z/1", "received");
        Assert.Equal(["received"], client.TakeTexts());
        Assert.True(Assert.Single(await client.UnsubscribeAsync("y/+/z/#")));
        Assert.Empty(client.Session.Subscriptions);
    }

    [Fact]
    public async Task A_filter_that_would_be_none_is_refused()
    {
        using var broker = new TestBroker(new BrokerOptions { Rewrite = [Rule("a/#", "^a/(.*)$", "x$1"), Rule("b", "b", "${clientid}/b"), Rule("c", "c", "$queue/c")] });
        var client = await broker.ConnectAsync("#");

        Assert.Equal([SubscribeOutcome.FilterInvalid], await client.SubscribeAsync("a/#"));
        Assert.Equal([SubscribeOutcome.FilterInvalid], await client.SubscribeAsync("b"));
        Assert.Equal([SubscribeOutcome.FilterInvalid], await client.SubscribeAsync("c"));
        Assert.False(Assert.Single(await client.UnsubscribeAsync("b")));
        Assert.Empty(client.Session.Subscriptions);
    }

    [Theory]
    [InlineData("$share/g/x/y/1", "$share/g/z/y/1")]
    [InlineData("$queue/x/y/1", "$queue/z/y/1")]
    [InlineData("$exclusive/x/y/1", "$exclusive/z/y/1")]
    public void Of_a_shared_or_exclusive_subscription_the_filter_is_rewritten(string asked, string expected)
    {
        var rewrite = TopicRewrite.For(new BrokerOptions { Rewrite = Examples })!;

        Assert.True(rewrite.TryRewrite(Filter(asked), new("c", null, null), out var filter));
        Assert.Equal(expected, filter.ToString());
    }

    [Fact]
    public async Task A_rule_is_for_publishing_or_subscribing_or_both()
    {
        using var broker = new TestBroker(new BrokerOptions
        {
            Rewrite = [Rule("a", "a", "published", TopicActions.Publish), Rule("b", "b", "subscribed", TopicActions.Subscribe)],
        });
        var client = await broker.ConnectAsync("c");
        await client.SubscribeAsync("a");
        await client.SubscribeAsync("b");

        Assert.Equal(["a", "subscribed"], client.Session.Subscriptions.Select(subscription => subscription.Filter.ToString()));
        Assert.Equal(PublishOutcome.NoMatchingSubscribers, await client.PublishAsync("a"));
        Assert.Equal(PublishOutcome.NoMatchingSubscribers, await client.PublishAsync("b"));
    }

    [Fact]
    public async Task Wills_and_delayed_messages_are_rewritten_too()
    {
        using var broker = new TestBroker(new BrokerOptions { Rewrite = Examples });
        var watcher = await broker.SubscriberAsync("w");
        (await broker.ConnectAsync("c", will: new WillMessage(MessageOf("x/y/1")))).Lose();
        await (await broker.ConnectAsync("d")).PublishAsync("$delayed/5/x/y/2");
        broker.Clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(["z/y/1", "z/y/2"], watcher.Take().Select(delivery => delivery.Message!.Topic.ToString()));
    }

    [Fact]
    public async Task The_gateways_own_sessions_mean_what_they_say()
    {
        using var broker = new TestBroker(new BrokerOptions { Rewrite = Examples });
        var own = await broker.ConnectAsync(new ConnectRequest
        {
            ClientId = "$edge/bridge",
            Queue = new QueueLimits(10, 10_000, OverflowPolicy.DropOldest, 10),
        });
        await own.SubscribeAsync("x/y/1");

        Assert.Equal(PublishOutcome.Accepted, await own.PublishAsync("x/y/1"));
        await broker.PublishAsync("x/y/1");

        Assert.Equal(2, own.Take().Count);
    }

    [Fact]
    public void A_hostile_topic_takes_no_longer_than_its_length_asks_for()
    {
        var rewrite = TopicRewrite.For(new BrokerOptions { Rewrite = [Rule("#", "^(a+)+$", "b")] })!;
        var topic = Topic(new string('a', 60_000) + "!");

        Assert.True(rewrite.TryRewrite(topic, new("c", null, null), out var same));
        Assert.Equal(topic, same);
    }

    [Fact]
    public async Task A_Will_that_waited_through_a_restart_is_rewritten_with_its_clients_names()
    {
        using var broker = new TestBroker(new BrokerOptions { Rewrite = [Rule("will", "will", "gone/${host}/${clientid}")] });
        await broker.SubscriberAsync("w", "gone/#", Qos1, Hour);
        await broker.ConnectAsync(new ConnectRequest { ClientId = "c", SessionExpiry = Hour, Peer = "192.0.2.7:50123", Will = new WillMessage(MessageOf("will"), TimeSpan.FromSeconds(5)) });
        broker.Store.Commit();

        using var after = broker.Crash();
        var watcher = await after.ConnectAsync("w", Hour);
        after.Clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal("gone/192.0.2.7/c", watcher.TakeOne().Message!.Topic.ToString());
    }

    private static async Task<string> PublishedAsync(BrokerOptions options, string topic)
    {
        var anna = new Users([KeyValuePair.Create("anna", User.Create("p"u8, PasswordHash.LeastIterations))]);
        using var broker = new TestBroker(options, access: new AccessControl(AnonymousAccess.Everyone, TimeProvider.System) { Users = anna });
        var watcher = await broker.SubscriberAsync("w");
        await watcher.SubscribeAsync("$x/#");
        var publisher = await broker.ConnectAsync(new ConnectRequest { ClientId = "p", UserName = "anna", Password = "p"u8.ToArray(), Peer = "192.0.2.7:50123" });
        Assert.Equal(PublishOutcome.Accepted, await publisher.PublishAsync(topic));
        return watcher.TakeOne().Message!.Topic.ToString();
    }

    private static RewriteRule Rule(string source, string pattern, string template, TopicActions actions = TopicActions.All)
    {
        Assert.True(RewriteRule.TryParsePattern(pattern, out var regex));
        Assert.True(TopicTemplate.TryParse(template, out var topic));
        return new RewriteRule { Actions = actions, Source = Filter(source), Pattern = regex, Topic = topic };
    }
}
