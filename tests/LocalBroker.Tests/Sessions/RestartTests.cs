using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests.Sessions;

/// <summary>What a restart brings back: all that was committed.</summary>
public sealed class RestartTests : IDisposable
{
    private readonly TestBroker _broker = new();

    public void Dispose() => _broker.Dispose();

    [Fact]
    public async Task Sessions_subscriptions_and_queues_are_there_again()
    {
        var subscriber = await _broker.ConnectAsync("s", Hour);
        var subscription = new Subscription { Filter = Filter("t/+"), MaximumQos = Qos2, NoLocal = true, RetainAsPublished = true, RetainHandling = RetainHandling.SendIfNew, Identifier = 9 };
        await subscriber.SubscribeAsync(subscription);
        await subscriber.SubscribeAsync("gone");
        await subscriber.UnsubscribeAsync("gone");
        subscriber.Disconnect();
        await _broker.PublishAsync("t/1", "1", Qos1, retain: true);
        await _broker.PublishAsync("t/2", "2", Qos2);

        using var restarted = _broker.Crash();
        Assert.Equal((2, 8L), restarted.Broker.QueueOf("s"));
        await restarted.PublishAsync("t/3", "3", Qos1);
        var again = await restarted.ConnectAsync("s", Hour);

        Assert.True(again.SessionPresent);
        Assert.Equal([subscription], again.Session.Subscriptions);
        var taken = again.Take();
        Assert.Equal(
            [("1", Qos1, true, true), ("2", Qos2, false, true), ("3", Qos1, false, false)],
            taken.Select(delivery => (delivery.Message.Text(), delivery.Qos, delivery.Retain, delivery.Dup)));
        Assert.All(taken, delivery => Assert.Equal([9u], delivery.SubscriptionIdentifiers!));
        Assert.Equal(3, taken.Select(delivery => delivery.PacketId).Distinct().Count());
    }

    [Fact]
    public async Task How_long_the_oldest_message_has_waited_is_counted_over_restarts()
    {
        var subscriber = await _broker.SubscriberAsync("s", expiry: Hour);
        Assert.Equal(TimeSpan.Zero, _broker.Broker.OldestAgeOf("s"));
        await _broker.PublishAsync("t", "in flight", Qos2);
        subscriber.PubRec(subscriber.TakeOne().PacketId);
        _broker.Clock.Advance(TimeSpan.FromMinutes(1));
        await _broker.PublishAsync("t", "waiting", Qos1);

        using var restarted = _broker.Crash();
        restarted.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(TimeSpan.FromMinutes(3), restarted.Broker.OldestAgeOf("s"));

        var again = await restarted.ConnectAsync("s", Hour);
        var taken = again.Take();
        again.PubComp(taken[0].PacketId);
        Assert.Equal(TimeSpan.FromMinutes(2), restarted.Broker.OldestAgeOf("s"));
        again.PubAck(taken[1].PacketId);
        Assert.Equal(TimeSpan.Zero, restarted.Broker.OldestAgeOf("s"));
        Assert.Equal(TimeSpan.Zero, restarted.Broker.OldestAgeOf("nobody"));
    }

    [Fact]
    public async Task Exchanges_in_flight_go_on_under_the_same_identifiers()
    {
        var subscriber = await _broker.SubscriberAsync("s", expiry: Hour);
        for (var i = 0; i < 5; i++)
        {
            await _broker.PublishAsync("t", $"{i}", i < 3 ? Qos2 : Qos1);
        }

        var before = subscriber.Take();
        subscriber.PubRec(before[1].PacketId);
        subscriber.PubAck(before[3].PacketId);
        _broker.Store.Commit();
        subscriber.PubRec(before[2].PacketId); // Lost with the power, so its PUBREL was never sent.

        using var restarted = _broker.Crash();
        var again = await restarted.ConnectAsync("s", Hour);

        Assert.Equal(
            [
                (DeliveryKind.Release, before[1].PacketId, ""),
                (DeliveryKind.Publish, before[0].PacketId, "0"),
                (DeliveryKind.Publish, before[2].PacketId, "2"),
                (DeliveryKind.Publish, before[4].PacketId, "4"),
            ],
            again.Take().Select(delivery => (delivery.Kind, delivery.PacketId, delivery.Message.Text())));
        again.PubComp(before[1].PacketId);
        restarted.Store.Commit();
        Assert.Equal(3, restarted.Store.EntryCount);
    }

    [Fact]
    public async Task A_session_that_was_connected_counts_as_parted_at_the_restart()
    {
        await _broker.SubscriberAsync("s", expiry: Hour);
        _broker.Clock.Advance(10 * Hour);

        using var restarted = _broker.Crash();
        restarted.Clock.Advance(Hour - TimeSpan.FromSeconds(1));
        Assert.NotNull(restarted.Broker.QueueOf("s"));
        restarted.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(restarted.Broker.QueueOf("s"));
    }

    [Fact]
    public async Task A_session_that_expired_while_the_power_was_off_ends_and_what_waited_is_counted()
    {
        (await _broker.SubscriberAsync("s", expiry: Hour)).Disconnect();
        await _broker.PublishAsync("t", "1", Qos1);
        _broker.Dispose();
        var store = _broker.Store.Crash();
        _broker.Clock.Advance(Hour);

        using var restarted = new TestBroker(store: store, clock: _broker.Clock);
        restarted.Clock.Advance(TimeSpan.Zero);

        Assert.Equal((0, 0), (restarted.Broker.Snapshot().Sessions, restarted.Broker.Snapshot().Subscriptions));
        Assert.Equal(1, restarted.Lost[DropCause.SessionEnded]);
        restarted.Store.Commit();
        Assert.Equal((0, 0, 0), (restarted.Store.SessionCount, restarted.Store.EntryCount, restarted.Store.Orphans));
    }

    [Fact]
    public async Task A_restored_session_may_be_resumed_and_kept_on()
    {
        (await _broker.SubscriberAsync("s", expiry: Hour)).Disconnect();
        await _broker.PublishAsync("t", "1", Qos1);
        using var restarted = _broker.Crash();
        var again = await restarted.ConnectAsync("s", Hour);
        again.PubAck(again.TakeOne().PacketId);
        await restarted.PublishAsync("t", "2", Qos1);

        using var third = restarted.Crash();

        Assert.Equal(["2"], (await third.ConnectAsync("s", Hour)).TakeTexts());
    }

    [Fact]
    public async Task A_new_session_never_gets_the_number_of_a_restored_one()
    {
        (await _broker.SubscriberAsync("a", expiry: Hour)).Disconnect();
        (await _broker.SubscriberAsync("b", expiry: Hour)).Disconnect();
        using var restarted = _broker.Crash();
        await restarted.SubscriberAsync("c", expiry: Hour);
        await restarted.PublishAsync("t", "1", Qos1);

        Assert.Equal(3, restarted.Store.SessionCount);
        Assert.Equal(3, restarted.Store.Load().Sessions.Select(session => session.Record.Number).Distinct().Count());
    }

    [Fact]
    public async Task Of_two_sessions_left_under_one_ClientId_the_younger_is_restored()
    {
        var store = new MemoryStore();
        foreach (var number in new[] { 8L, 7L })
        {
            store.SaveSession(new Messaging.Stores.SessionRecord { Number = number, ClientId = "s", Expiry = Hour });
            store.SaveSubscription(number, new Subscription { Filter = Filter($"t/{number}"), MaximumQos = Qos1 });
        }

        store.Commit();
        using var broker = new TestBroker(store: store);
        store.Commit();

        Assert.Equal(8, Assert.Single(store.Load().Sessions).Record.Number);
        Assert.Equal((1, 1, 0), (broker.Broker.Snapshot().Sessions, broker.Broker.Snapshot().Subscriptions, store.Orphans));
        Assert.Equal(PublishOutcome.NoMatchingSubscribers, await broker.PublishAsync("t/7"));
    }

    [Fact]
    public async Task The_Will_of_one_session_reaches_every_session_that_is_restored()
    {
        await _broker.ConnectAsync("a", Hour, will: new WillMessage(MessageOf("will", "gone", Qos1)));
        for (var i = 0; i < 20; i++)
        {
            (await _broker.SubscriberAsync($"s{i}", "will", expiry: Hour)).Disconnect();
        }

        using var restarted = _broker.Crash();
        restarted.Clock.Advance(TimeSpan.Zero);

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(1, restarted.Broker.QueueOf($"s{i}")!.Value.Messages);
        }
    }
}
