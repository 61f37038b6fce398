using Edge.LocalBroker.Access;
using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests.Access;

/// <summary>The access list at work in the broker.</summary>
public sealed class AuthorizationTests : IDisposable
{
    private readonly AccessControl _access = new(AnonymousAccess.Everyone, TimeProvider.System);
    private readonly TestBroker _broker;

    public AuthorizationTests() => _broker = new TestBroker(access: _access);

    public void Dispose() => _broker.Dispose();

    [Fact]
    public async Task What_may_not_be_published_is_refused_and_counted_and_not_retained()
    {
        Deny(TopicActions.Publish, "secret/#");
        var client = await _broker.SubscriberAsync("c");

        Assert.Equal(PublishOutcome.NotAuthorized, await client.PublishAsync("secret/x", qos: Qos1, retain: true));
        Assert.Equal(PublishOutcome.NotAuthorized, await client.PublishAsync("secret/x", qos: Qos2, packetId: 1));
        Assert.Equal(PublishOutcome.Accepted, await client.PublishAsync("open/x", qos: Qos1));

        Assert.Equal("open/x", client.TakeOne().Message!.Topic.ToString());
        Assert.Equal(0, _broker.Broker.Snapshot().Retained);
        Assert.Equal(new() { [DropCause.NotAuthorized] = 2 }, _broker.Lost);
    }

    [Fact]
    public async Task A_subscription_that_gets_nothing_is_refused_and_one_that_gets_something_is_granted()
    {
        Deny(TopicActions.Subscribe, "secret/#");
        var client = await _broker.ConnectAsync("c");

        Assert.Equal(
            [SubscribeOutcome.NotAuthorized, SubscribeOutcome.NotAuthorized, SubscribeOutcome.GrantedQos1, SubscribeOutcome.GrantedQos1],
            await client.SubscribeAsync([.. ((string[])["secret/x", "secret/+/y", "+/x", "#"]).Select(filter => new Subscription { Filter = Filter(filter), MaximumQos = Qos1 })]));
        Assert.Equal(["#", "+/x"], client.Session.Subscriptions.Select(subscription => subscription.Filter.ToString()).Order());
    }

    [Fact]
    public async Task A_wide_subscription_gets_nothing_of_what_is_denied_within_it_and_what_it_does_not_get_is_counted_once()
    {
        Deny(TopicActions.Subscribe, "secret/x");
        await _broker.PublishAsync("secret/x", "retained", retain: true);
        await _broker.PublishAsync("secret/y", "retained", retain: true);
        var client = await _broker.SubscriberAsync("c", "#");
        await client.SubscribeAsync("secret/+");

        await _broker.PublishAsync("secret/x", qos: Qos1);
        await _broker.PublishAsync("secret/y", qos: Qos1);

        Assert.All(client.Take(), delivery => Assert.Equal("secret/y", delivery.Message!.Topic.ToString()));
        Assert.Equal(1, _broker.Drops.Read(DropCause.NotAuthorized));
    }

    [Fact]
    public async Task A_group_gives_a_message_to_a_member_that_may_get_it_and_counts_one_that_nobody_may()
    {
        _access.Rules = new AccessRules(
            [
                new AccessRule { Allow = false, Actions = TopicActions.Subscribe, Clients = ["a"], Topics = [Names.Template("t/secret")] },
                new AccessRule { Allow = false, Actions = TopicActions.Subscribe, Topics = [Names.Template("t/nobody")] },
            ],
            allowsOthers: true);
        var a = await _broker.SubscriberAsync("a", "$share/g/t/+");
        var b = await _broker.SubscriberAsync("b", "$share/g/t/+");
        Assert.Equal([SubscribeOutcome.NotAuthorized], await a.SubscribeAsync("$share/g/t/secret"));

        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(PublishOutcome.Accepted, await _broker.PublishAsync("t/secret", qos: Qos1));
        }

        await _broker.PublishAsync("t/nobody", qos: Qos1);

        Assert.Empty(a.Take());
        Assert.Equal(4, b.Take().Count);
        Assert.Equal(new() { [DropCause.NotAuthorized] = 1 }, _broker.Lost);
    }

    [Fact]
    public async Task Rules_judge_a_delayed_message_by_its_real_topic()
    {
        Deny(TopicActions.Publish, "secret/#");
        var client = await _broker.ConnectAsync("c");

        Assert.Equal(PublishOutcome.NotAuthorized, await client.PublishAsync("$delayed/1/secret/x", qos: Qos1));
        Assert.Equal(PublishOutcome.Accepted, await client.PublishAsync("$delayed/1/open/x", qos: Qos1));
        var outcome = await _broker.Broker.ConnectAsync(new ConnectRequest { ClientId = "w", Will = new WillMessage(MessageOf("$delayed/1/secret/x")) }, new RecordingSink());
        Assert.Equal(ConnectRefusal.NotAuthorized, outcome.Refusal);
        _broker.Log.Lines.Clear();
    }

    [Fact]
    public async Task New_rules_hold_from_the_next_message_on_and_nobody_is_dropped()
    {
        var client = await _broker.SubscriberAsync("c", "a/#");
        await client.PublishAsync("a/x", "1");

        Deny(TopicActions.Subscribe, "a/x");
        await client.PublishAsync("a/x", "2");
        Deny(TopicActions.Publish, "a/x");
        Assert.Equal(PublishOutcome.NotAuthorized, await client.PublishAsync("a/x", "3"));
        _access.Rules = AccessRules.Open;
        await client.PublishAsync("a/x", "4");

        Assert.Equal(["1", "4"], client.TakeTexts());
        Assert.Null(client.Sink.Detached);
    }

    [Fact]
    public async Task A_client_whose_Will_is_not_permitted_is_not_let_in()
    {
        Deny(TopicActions.Publish, "secret/#");

        var outcome = await _broker.Broker.ConnectAsync(new ConnectRequest { ClientId = "c", Will = new WillMessage(MessageOf("secret/x")) }, new RecordingSink());

        Assert.Equal(ConnectRefusal.NotAuthorized, outcome.Refusal);
        Assert.Contains("NotAuthorized", Assert.Single(_broker.Log.Lines), StringComparison.Ordinal);
        _broker.Log.Lines.Clear();
    }

    [Fact]
    public async Task A_Will_is_judged_once_more_when_it_is_published()
    {
        var watcher = await _broker.SubscriberAsync("w");
        var client = await _broker.ConnectAsync("c", will: new WillMessage(MessageOf("will")));

        Deny(TopicActions.Publish, "will");
        client.Lose();

        Assert.Empty(watcher.Take());
        Assert.Equal(1, _broker.Drops.Read(DropCause.NotAuthorized));
    }

    [Fact]
    public async Task A_restored_session_is_judged_by_who_its_client_was()
    {
        var rule = new AccessRule { Allow = true, Networks = [System.Net.IPNetwork.Parse("192.0.2.0/24")], Topics = [Names.Template("${cert_common_name}/+")] };
        _access.Rules = new AccessRules([rule], allowsOthers: false);
        var client = await _broker.ConnectAsync(new ConnectRequest
        {
            ClientId = "c",
            SessionExpiry = Hour,
            Peer = "192.0.2.1:5",
            Certificate = new ClientCertificate { DistinguishedName = "CN=press-7", CommonName = "press-7" },
        });
        await client.SubscribeAsync("#");
        client.Lose();
        _broker.Store.Commit();

        using var after = _broker.Crash(new AccessControl(AnonymousAccess.Everyone, TimeProvider.System) { Rules = _access.Rules });
        await after.PublishAsync("press-7/t", qos: Qos1);
        await after.PublishAsync("press-8/t", qos: Qos1);

        Assert.Equal(1, after.Broker.QueueOf("c")!.Value.Messages);
    }

    [Theory]
    [InlineData(AnonymousAccess.Everyone, "192.0.2.1:5", PublishOutcome.NoMatchingSubscribers)]
    [InlineData(AnonymousAccess.Loopback, "192.0.2.1:5", PublishOutcome.NotAuthorized)]
    [InlineData(AnonymousAccess.Loopback, "127.0.0.1:5", PublishOutcome.NoMatchingSubscribers)]
    [InlineData(AnonymousAccess.Nobody, "127.0.0.1:5", PublishOutcome.NotAuthorized)]
    public async Task A_node_without_a_session_publishes_where_anonymous_clients_are_let_in(AnonymousAccess anonymous, string peer, PublishOutcome expected)
    {
        using var broker = new TestBroker(access: new AccessControl(anonymous, TimeProvider.System));

        Assert.Equal(expected, await broker.Broker.PublishAsync(MessageOf("t"), isOwn: false, peer));
    }

    [Fact]
    public async Task A_node_without_a_session_that_has_shown_who_it_is_is_that_user()
    {
        using var access = new AccessControl(AnonymousAccess.Nobody, TimeProvider.System)
        {
            Rules = new AccessRules([new AccessRule { Allow = true, Users = ["press-7"], Topics = [Names.Template("t")] }], allowsOthers: false),
        };
        using var broker = new TestBroker(access: access);

        Assert.Equal(PublishOutcome.NoMatchingSubscribers, await broker.Broker.PublishAsync(MessageOf("t"), isOwn: false, "192.0.2.1:5", "press-7"));
        Assert.Equal(PublishOutcome.NotAuthorized, await broker.Broker.PublishAsync(MessageOf("t"), isOwn: false, "192.0.2.1:5", "press-8"));
        access.Bans = [new Ban { Users = ["press-7"] }];
        Assert.Equal(PublishOutcome.NotAuthorized, await broker.Broker.PublishAsync(MessageOf("t"), isOwn: false, "192.0.2.1:5", "press-7"));
    }

    [Fact]
    public async Task A_node_without_a_session_is_an_anonymous_client_to_the_rules()
    {
        _access.Rules = new AccessRules([new AccessRule { Allow = false, Anonymous = true, Topics = [Names.Template("secret/#")] }], allowsOthers: true);

        Assert.Equal(PublishOutcome.NotAuthorized, await _broker.Broker.PublishAsync(MessageOf("secret/x"), isOwn: false, "127.0.0.1:5"));
        Assert.Equal(PublishOutcome.NoMatchingSubscribers, await _broker.Broker.PublishAsync(MessageOf("secret/x"), isOwn: true));
    }

    [Fact]
    public async Task The_gateways_own_sessions_are_under_no_rule()
    {
        _access.Rules = new AccessRules([], allowsOthers: false);
        var bridge = await _broker.ConnectAsync(new ConnectRequest
        {
            ClientId = $"{ConnectRequest.InternalPrefix}bridge",
            Queue = new QueueLimits(10, 1_000, OverflowPolicy.DropOldest, 10),
        });

        Assert.Equal([SubscribeOutcome.GrantedQos2], await bridge.SubscribeAsync("#"));
        Assert.Equal(PublishOutcome.Accepted, await bridge.PublishAsync("t", qos: Qos1));
        Assert.Single(bridge.Take());
    }

    private void Deny(TopicActions actions, string topics) =>
        _access.Rules = new AccessRules([new AccessRule { Allow = false, Actions = actions, Topics = [Names.Template(topics)] }], allowsOthers: true);
}
