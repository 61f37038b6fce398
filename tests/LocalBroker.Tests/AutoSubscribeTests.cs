using Edge.LocalBroker.Access;
using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests;

/// <summary>Subscriptions that clients get when they connect.</summary>
public sealed class AutoSubscribeTests
{
    [Fact]
    public async Task A_client_that_connects_is_subscribed_on_the_terms_of_the_entry()
    {
        using var broker = BrokerWith(
            Entry("cmd/${clientid}/#") with { MaximumQos = Qos1, NoLocal = true, RetainAsPublished = true, RetainHandling = RetainHandling.DoNotSend });

        var client = await broker.ConnectAsync("c", Hour);

        Assert.Equal(
            new Subscription { Filter = Filter("cmd/c/#"), MaximumQos = Qos1, NoLocal = true, RetainAsPublished = true, RetainHandling = RetainHandling.DoNotSend },
            Assert.Single(client.Session.Subscriptions));
        await broker.PublishAsync("cmd/c/led", "on", Qos2);
        var delivery = client.TakeOne();
        Assert.Equal((Qos1, "on"), (delivery.Qos, delivery.Message.Text()));
        await client.PublishAsync("cmd/c/own");
        Assert.Empty(client.Take());
    }

    [Fact]
    public async Task It_is_kept_with_a_session_that_is_kept()
    {
        using var broker = BrokerWith(Entry("a") with { MaximumQos = Qos1 });
        (await broker.ConnectAsync("c", Hour)).Lose();

        using var restarted = new TestBroker(store: broker.Store.Crash(), clock: broker.Clock);
        await restarted.PublishAsync("a", "waits", Qos1);

        Assert.Equal(["waits"], (await restarted.ConnectAsync("c", Hour)).TakeTexts());
    }

    [Fact]
    public async Task The_names_of_the_client_are_put_in()
    {
        var anna = new Users([KeyValuePair.Create("anna", User.Create("p"u8, PasswordHash.LeastIterations))]);
        using var access = new AccessControl(AnonymousAccess.Everyone, TimeProvider.System) { Users = anna };
        using var broker = new TestBroker(new BrokerOptions { AutoSubscribe = [Entry("${clientid}/${username}/${host}")] }, access: access);

        var client = await broker.ConnectAsync(new ConnectRequest { ClientId = "", UserName = "anna", Password = "p"u8.ToArray(), Peer = "[::1]:50123" });

        Assert.Equal($"{client.Session.ClientId}/anna/::1", Assert.Single(client.Session.Subscriptions).Filter.ToString());
    }

    [Fact]
    public async Task An_entry_that_asks_for_what_a_client_has_not_is_skipped_for_it()
    {
        using var broker = BrokerWith(Entry("${username}/#"), Entry("at/${host}"), Entry("all"));

        var client = await broker.ConnectAsync("c");

        Assert.Equal("all", Assert.Single(client.Session.Subscriptions).Filter.ToString());
    }

    [Theory]
    [InlineData("+")]
    [InlineData("#")]
    [InlineData("a+b")]
    public async Task A_client_gets_no_wildcard_by_its_own_name(string clientId)
    {
        using var broker = BrokerWith(Entry("cmd/${clientid}/x"), Entry("cmd/${clientid}"));

        Assert.Empty((await broker.ConnectAsync(clientId)).Session.Subscriptions);
    }

    [Theory]
    [InlineData(RetainHandling.Send, 1, 1)]
    [InlineData(RetainHandling.SendIfNew, 1, 0)]
    [InlineData(RetainHandling.DoNotSend, 0, 0)]
    public async Task Retained_messages_follow_as_its_handling_says(RetainHandling handling, int first, int resumed)
    {
        using var broker = BrokerWith(Entry("state/#") with { RetainHandling = handling });
        await broker.PublishAsync("state/valve", "open", retain: true);

        var client = await broker.ConnectAsync("c", Hour);
        Assert.Equal(first, client.Take().Count);
        client.Lose();
        client = await broker.ConnectAsync("c", Hour);

        Assert.True(client.SessionPresent);
        Assert.Equal(resumed, client.Take().Count);
    }

    [Fact]
    public async Task At_every_connection_it_takes_the_place_of_the_clients_own_subscription()
    {
        using var broker = BrokerWith(Entry("a"));
        var client = await broker.ConnectAsync("c", Hour);
        await client.SubscribeAsync(new Subscription { Filter = Filter("a"), MaximumQos = Qos2, Identifier = 7 });
        Assert.Equal(Qos2, Assert.Single(client.Session.Subscriptions).MaximumQos);

        client = await broker.ConnectAsync("c", Hour);

        Assert.Equal((Qos0, 0u), (Assert.Single(client.Session.Subscriptions).MaximumQos, Assert.Single(client.Session.Subscriptions).Identifier));
        await client.UnsubscribeAsync("a");
        client = await broker.ConnectAsync("c", Hour);
        Assert.Single(client.Session.Subscriptions);
    }

    [Fact]
    public async Task It_may_be_shared_or_exclusive()
    {
        using var broker = BrokerWith(Entry("$share/g/a"), Entry("$exclusive/b"));
        var one = await broker.ConnectAsync("one");
        var other = await broker.ConnectAsync("other");
        await broker.PublishAsync("a");

        Assert.Single(one.Take().Concat(other.Take()));
        Assert.Equal([2, 1], [one.Session.Subscriptions.Count, other.Session.Subscriptions.Count]);
    }

    [Fact]
    public async Task The_gateways_own_sessions_get_none()
    {
        using var broker = BrokerWith(Entry("#"));

        var own = await broker.ConnectAsync(new ConnectRequest
        {
            ClientId = "$edge/bridge",
            Queue = new QueueLimits(10, 10_000, OverflowPolicy.DropOldest, 10),
        });

        Assert.Empty(own.Session.Subscriptions);
    }

    private static TestBroker BrokerWith(params AutoSubscription[] entries) => new(new BrokerOptions { AutoSubscribe = entries });

    private static AutoSubscription Entry(string topic)
    {
        Assert.True(TopicTemplate.TryParse(topic, out var template));
        return new AutoSubscription { Topic = template };
    }
}
