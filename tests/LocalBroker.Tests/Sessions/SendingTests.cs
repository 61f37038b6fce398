using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests.Sessions;

/// <summary>The way out: window, acknowledgements, Packet Identifiers (MQTT 5.0 §4.3, §4.4, §4.9).</summary>
public sealed class SendingTests : IDisposable
{
    private readonly TestBroker _broker = new(new BrokerOptions { MaxInflight = 1_000 });

    public void Dispose() => _broker.Dispose();

    [Theory]
    [InlineData(3, 1_000, 3)]
    [InlineData(65_535, 4, 4)]
    [InlineData(1, 4, 1)]
    public async Task No_more_is_in_flight_than_receiver_and_broker_allow(int receiveMaximum, int maxInflight, int expected)
    {
        using var broker = new TestBroker(new BrokerOptions { MaxInflight = maxInflight });
        var subscriber = await broker.SubscriberAsync("s", window: receiveMaximum);
        for (var i = 0; i < 10; i++)
        {
            await broker.PublishAsync("t", $"{i}", i % 2 == 0 ? Qos1 : Qos2);
        }

        var taken = subscriber.Take();
        Assert.Equal(expected, taken.Count);

        subscriber.PubAck(taken[0].PacketId);
        Assert.Equal([$"{expected}"], subscriber.TakeTexts());
    }

    [Fact]
    public async Task Quality_0_needs_no_window()
    {
        var subscriber = await _broker.SubscriberAsync("s", window: 1);
        await _broker.PublishAsync("t", "1", Qos1);
        await _broker.PublishAsync("t", "2", Qos1);
        await _broker.PublishAsync("t", "3", Qos0);

        Assert.Equal(["1", "3"], subscriber.TakeTexts());
    }

    [Fact]
    public async Task Acknowledgements_are_taken_in_any_order()
    {
        var subscriber = await _broker.SubscriberAsync("s", window: 3);
        for (var i = 0; i < 6; i++)
        {
            await _broker.PublishAsync("t", $"{i}", Qos1);
        }

        var taken = subscriber.Take();
        Assert.Equal(3, taken.Select(delivery => delivery.PacketId).Distinct().Count());

        subscriber.PubAck(taken[2].PacketId);
        Assert.Equal(["3"], subscriber.TakeTexts());
        subscriber.PubAck(taken[0].PacketId);
        subscriber.PubAck(taken[1].PacketId);
        Assert.Equal(["4", "5"], subscriber.TakeTexts());
        Assert.Equal((3, 0), (_broker.Broker.QueueOf("s")!.Value.Messages, _broker.Lost.Count));
    }

    [Fact]
    public async Task Acknowledgements_of_what_is_not_in_flight_change_nothing()
    {
        var subscriber = await _broker.SubscriberAsync("s", window: 2);
        await _broker.PublishAsync("t", "1", Qos1);
        await _broker.PublishAsync("t", "2", Qos2);
        await _broker.PublishAsync("t", "3", Qos1);
        var taken = subscriber.Take();
        var (first, second, third) = (taken[0].PacketId, taken[1].PacketId, (ushort)(taken[1].PacketId + 1));

        foreach (var packetId in new ushort[] { 0, third, 60_000, 65_535 })
        {
            subscriber.PubAck(packetId);
            subscriber.PubRec(packetId);
            subscriber.PubComp(packetId);
        }

        subscriber.PubRec(first);
        subscriber.PubComp(first);
        subscriber.PubAck(second);
        subscriber.PubComp(second);

        Assert.Empty(subscriber.Take());
        Assert.Equal(3, _broker.Broker.QueueOf("s")!.Value.Messages);
        subscriber.PubAck(first);
        subscriber.PubAck(first);
        Assert.Equal(["3"], subscriber.TakeTexts());
        Assert.Equal(2, _broker.Broker.QueueOf("s")!.Value.Messages);
    }

    // Figure 4.3
    [Fact]
    public async Task Quality_2_goes_PUBLISH_PUBREC_PUBREL_PUBCOMP()
    {
        var subscriber = await _broker.SubscriberAsync("s", window: 1);
        await _broker.PublishAsync("t", "1", Qos2);
        await _broker.PublishAsync("t", "2", Qos2);
        var publish = subscriber.TakeOne();

        subscriber.PubRec(publish.PacketId);
        var release = subscriber.TakeOne();
        Assert.Equal((DeliveryKind.Release, publish.PacketId, null), (release.Kind, release.PacketId, release.Message));

        Assert.Empty(subscriber.Take());
        subscriber.PubComp(publish.PacketId);
        Assert.Equal(["2"], subscriber.TakeTexts());
    }

    [Fact]
    public async Task Who_acknowledges_is_told_whether_such_an_exchange_is_under_way()
    {
        var subscriber = await _broker.SubscriberAsync("s");
        await _broker.PublishAsync("t", "1", Qos1);
        await _broker.PublishAsync("t", "2", Qos2);
        var deliveries = subscriber.Take();
        var (qos1, qos2) = (deliveries[0].PacketId, deliveries[1].PacketId);

        Assert.False(subscriber.PubRec(qos1));
        Assert.False(subscriber.PubAck(qos2));
        Assert.True(subscriber.PubAck(qos1));
        Assert.False(subscriber.PubAck(qos1));
        Assert.True(subscriber.PubRec(qos2));
        Assert.True(subscriber.PubRec(qos2));
        Assert.Equal(DeliveryKind.Release, subscriber.TakeOne().Kind);
        Assert.True(subscriber.PubComp(qos2));
        Assert.False(subscriber.PubRec(qos2));
    }

    [Fact]
    public async Task A_repeated_PUBREC_is_answered_with_PUBREL_again_and_a_repeated_PUBCOMP_with_nothing()
    {
        var subscriber = await _broker.SubscriberAsync("s");
        await _broker.PublishAsync("t", "1", Qos2);
        var packetId = subscriber.TakeOne().PacketId;
        subscriber.PubRec(packetId);
        subscriber.PubRec(packetId);
        Assert.Equal(DeliveryKind.Release, subscriber.TakeOne().Kind);

        subscriber.PubRec(packetId);
        Assert.Equal((DeliveryKind.Release, packetId), (subscriber.TakeOne().Kind, packetId));

        subscriber.PubComp(packetId);
        subscriber.PubComp(packetId);
        subscriber.PubRec(packetId);
        Assert.Empty(subscriber.Take());
        Assert.Equal(0, _broker.Broker.QueueOf("s")!.Value.Messages);
    }

    [Fact]
    public async Task A_PUBCOMP_before_the_PUBREL_does_not_end_the_exchange()
    {
        var subscriber = await _broker.SubscriberAsync("s");
        await _broker.PublishAsync("t", "1", Qos2);
        var packetId = subscriber.TakeOne().PacketId;
        subscriber.PubRec(packetId);

        subscriber.PubComp(packetId);

        Assert.Equal((DeliveryKind.Release, packetId), subscriber.Take().Select(delivery => (delivery.Kind, delivery.PacketId)).Single());
        subscriber.PubComp(packetId);
        Assert.Equal(0, _broker.Broker.QueueOf("s")!.Value.Messages);
    }

    [Fact]
    public async Task A_message_the_receiver_refused_is_given_up_and_counted_and_no_PUBREL_follows()
    {
        var subscriber = await _broker.SubscriberAsync("s", window: 1);
        await _broker.PublishAsync("t", "1", Qos2);
        await _broker.PublishAsync("t", "2", Qos1);
        var refused = subscriber.TakeOne();

        subscriber.Session.Discard(refused, DropCause.Refused);
        subscriber.Session.Discard(refused, DropCause.Refused);

        Assert.Equal(["2"], subscriber.TakeTexts());
        Assert.Equal(new Dictionary<DropCause, long> { [DropCause.Refused] = 1 }, _broker.Lost);
    }

    [Fact]
    public async Task A_quality_0_message_that_cannot_be_sent_is_counted()
    {
        var subscriber = await _broker.SubscriberAsync("s");
        await _broker.PublishAsync("t");

        subscriber.Session.Discard(subscriber.TakeOne(), DropCause.Oversize);

        Assert.Equal(new Dictionary<DropCause, long> { [DropCause.Oversize] = 1 }, _broker.Lost);
    }

    // [MQTT-4.4.0-1], [MQTT-3.3.1-1]; another broker gave new identifiers and no DUP.
    [Fact]
    public async Task What_was_in_flight_goes_out_again_in_order_with_DUP_under_the_same_identifiers()
    {
        var subscriber = await _broker.SubscriberAsync("s", expiry: Hour, window: 4);
        for (var i = 0; i < 6; i++)
        {
            await _broker.PublishAsync("t", $"{i}", i % 2 == 0 ? Qos1 : Qos2);
        }

        _broker.Store.Commit();
        var first = subscriber.Take();
        Assert.All(first, delivery => Assert.False(delivery.Dup));
        subscriber.PubAck(first[0].PacketId);
        subscriber.Lose();

        var again = await _broker.ConnectAsync("s", Hour, window: 4);

        Assert.True(again.SessionPresent);
        var second = again.Take();
        Assert.Equal(["1", "2", "3", "4"], second.Select(delivery => delivery.Message.Text()));
        Assert.Equal(first.Skip(1).Select(delivery => delivery.PacketId), second.Take(3).Select(delivery => delivery.PacketId));
        Assert.Equal([true, true, true, false], second.Select(delivery => delivery.Dup));
    }

    // [MQTT-4.4.0-1]: and at no other time.
    [Fact]
    public async Task While_connected_nothing_is_sent_again()
    {
        var subscriber = await _broker.SubscriberAsync("s", expiry: Hour);
        await _broker.PublishAsync("t", "1", Qos1);
        await _broker.PublishAsync("t", "2", Qos2);
        await _broker.PublishAsync("t", "3", Qos2);
        subscriber.PubRec(subscriber.Take()[2].PacketId);
        _broker.Store.Commit();
        Assert.Equal(DeliveryKind.Release, subscriber.TakeOne().Kind);

        _broker.Clock.Advance(24 * Hour);
        await _broker.PublishAsync("t", "4", Qos0);

        Assert.Equal(["4"], subscriber.TakeTexts());
    }

    // [MQTT-3.10.4-3]
    [Fact]
    public async Task What_is_on_its_way_when_its_subscription_ends_is_brought_to_its_end()
    {
        var subscriber = await _broker.SubscriberAsync("s", "t", expiry: Hour);
        await _broker.PublishAsync("t", "1", Qos1);
        await _broker.PublishAsync("t", "2", Qos2);
        await _broker.PublishAsync("t", "3", Qos2);
        var before = subscriber.Take();
        subscriber.PubRec(before[2].PacketId);

        await subscriber.UnsubscribeAsync("t");

        Assert.Equal((DeliveryKind.Release, before[2].PacketId), (subscriber.TakeOne() is var release ? release.Kind : default, release.PacketId));
        subscriber.Lose();
        var again = await _broker.ConnectAsync("s", Hour);
        Assert.Equal(
            [(DeliveryKind.Release, before[2].PacketId), (DeliveryKind.Publish, before[0].PacketId), (DeliveryKind.Publish, before[1].PacketId)],
            again.Take().Select(delivery => (delivery.Kind, delivery.PacketId)));
    }

    // Another broker sent the PUBLISH again.
    [Fact]
    public async Task After_PUBREC_a_new_connection_gets_PUBREL_not_PUBLISH()
    {
        var subscriber = await _broker.SubscriberAsync("s", expiry: Hour);
        await _broker.PublishAsync("t", "1", Qos2);
        await _broker.PublishAsync("t", "2", Qos2);
        var taken = subscriber.Take();
        subscriber.PubRec(taken[1].PacketId);
        _broker.Store.Commit();
        Assert.Equal(DeliveryKind.Release, subscriber.TakeOne().Kind);
        subscriber.Lose();

        var again = (await _broker.ConnectAsync("s", Hour)).Take();

        Assert.Equal(
            [(DeliveryKind.Release, taken[1].PacketId, ""), (DeliveryKind.Publish, taken[0].PacketId, "1")],
            again.Select(delivery => (delivery.Kind, delivery.PacketId, delivery.Message.Text())));
    }

    [Fact]
    public async Task What_is_in_flight_from_before_counts_against_the_new_window()
    {
        var subscriber = await _broker.SubscriberAsync("s", expiry: Hour);
        for (var i = 0; i < 4; i++)
        {
            await _broker.PublishAsync("t", $"{i}", Qos2);
        }

        var taken = subscriber.Take();
        subscriber.PubRec(taken[0].PacketId);
        subscriber.PubRec(taken[1].PacketId);
        _broker.Store.Commit();
        subscriber.Lose();

        var again = await _broker.ConnectAsync("s", Hour, window: 2);
        Assert.All(again.Take(), delivery => Assert.Equal(DeliveryKind.Release, delivery.Kind));

        again.PubComp(taken[0].PacketId);
        Assert.Equal(["2"], again.TakeTexts());
    }

    [Fact]
    public async Task Identifiers_go_round_and_skip_one_that_is_still_in_use()
    {
        var subscriber = await _broker.SubscriberAsync("s", window: 2);
        await _broker.PublishAsync("t", "stuck", Qos1);
        var stuck = subscriber.TakeOne().PacketId;
        var seen = new List<ushort>();
        for (var i = 0; i < 65_534; i++)
        {
            await _broker.Broker.PublishAsync(MessageOf("t", "x", Qos1), isOwn: true);
            seen.Add(subscriber.TakeOne().PacketId);
            subscriber.PubAck(seen[^1]);
        }

        Assert.Equal((65_534, false, false), (seen.Distinct().Count(), seen.Contains(stuck), seen.Contains((ushort)0)));

        await _broker.PublishAsync("t", "next", Qos1);
        Assert.Empty(subscriber.Take());
        subscriber.PubAck(stuck);
        Assert.Equal("next", subscriber.TakeOne().Message.Text());
    }

    [Fact]
    public async Task A_backlog_is_announced_to_a_new_connection_without_a_new_publish()
    {
        (await _broker.SubscriberAsync("s", expiry: Hour)).Disconnect();
        await _broker.PublishAsync("t", "waiting", Qos1);

        var again = await _broker.ConnectAsync("s", Hour);

        Assert.Equal(1, again.Sink.WakeUps);
        Assert.Equal(["waiting"], again.TakeTexts());
    }

    [Fact]
    public async Task An_exchange_that_waits_for_PUBREL_is_announced_to_a_new_connection()
    {
        var subscriber = await _broker.SubscriberAsync("s", expiry: Hour);
        await _broker.PublishAsync("t", "1", Qos2);
        subscriber.PubRec(subscriber.TakeOne().PacketId);
        subscriber.Lose();
        _broker.Store.Commit();

        var again = await _broker.ConnectAsync("s", Hour);

        Assert.Equal(1, again.Sink.WakeUps);
        Assert.Equal(DeliveryKind.Release, again.TakeOne().Kind);
    }

    [Fact]
    public async Task A_full_window_wakes_nobody_for_nothing()
    {
        var subscriber = await _broker.SubscriberAsync("s", window: 1);
        await _broker.PublishAsync("t", "1", Qos1);
        subscriber.TakeOne();
        var before = subscriber.Sink.WakeUps;

        await _broker.PublishAsync("t", "2", Qos1);
        await _broker.PublishAsync("t", "3", Qos1);

        Assert.Equal(before, subscriber.Sink.WakeUps);
        await _broker.PublishAsync("t", "4", Qos0);
        Assert.Equal(before + 1, subscriber.Sink.WakeUps);
    }

    [Fact]
    public async Task Sent_messages_are_counted_but_not_their_PUBRELs()
    {
        var subscriber = await _broker.SubscriberAsync("s");
        await _broker.PublishAsync("t", "12345", Qos2);
        subscriber.PubRec(subscriber.TakeOne().PacketId);
        subscriber.TakeOne();

        Assert.Equal((1, 5), (_broker.Broker.Metrics.MessagesSent, _broker.Broker.Metrics.BytesSent));
    }
}
