using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests.Sessions;

/// <summary>What waits for longer than it may goes by itself, and is counted.</summary>
public sealed class QueueAgeTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    // Times are kept in whole seconds: a second later it is certain.
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly BrokerOptions OneMinute = new() { MaxQueuedAge = Minute };

    [Fact]
    public async Task What_waits_for_a_client_that_is_away_goes_when_it_is_too_old()
    {
        using var broker = new TestBroker(OneMinute);
        (await broker.SubscriberAsync("s", expiry: Hour)).Disconnect();
        await broker.PublishAsync("t", "1", Qos1);
        await broker.PublishAsync("t", "2", Qos2);
        broker.Clock.Advance(Minute);
        await broker.PublishAsync("t", "3", Qos1);
        Assert.Equal((3, 6L), broker.Broker.QueueOf("s"));

        broker.Clock.Advance(Second);

        Assert.Equal((1, 2L), broker.Broker.QueueOf("s"));
        Assert.Equal(new Dictionary<DropCause, long> { [DropCause.TooOld] = 2 }, broker.Lost);
        broker.Store.Commit();
        Assert.Equal(1, broker.Store.EntryCount);
        Assert.Equal(["3"], (await broker.ConnectAsync("s", Hour)).TakeTexts());
    }

    [Fact]
    public async Task The_next_message_after_an_empty_queue_goes_too()
    {
        using var broker = new TestBroker(OneMinute);
        (await broker.SubscriberAsync("s", expiry: TimeSpan.FromDays(1))).Disconnect();
        for (var i = 1; i <= 3; i++)
        {
            await broker.PublishAsync("t", "x", Qos1);
            broker.Clock.Advance(Minute + Second);
            Assert.Equal(((0, 0L), i), (broker.Broker.QueueOf("s")!.Value, broker.Lost[DropCause.TooOld]));
        }
    }

    [Fact]
    public async Task What_is_in_flight_stays_and_what_waits_behind_it_goes()
    {
        using var broker = new TestBroker(OneMinute);
        var subscriber = await broker.SubscriberAsync("s", expiry: Hour, window: 1);
        await broker.PublishAsync("t", "1", Qos1);
        await broker.PublishAsync("t", "2", Qos1);
        var sent = subscriber.TakeOne();

        broker.Clock.Advance(Minute + Second);

        Assert.Equal((1, 2L), broker.Broker.QueueOf("s"));
        Assert.Equal(1, broker.Lost[DropCause.TooOld]);
        Assert.True(subscriber.PubAck(sent.PacketId));
        Assert.Empty(subscriber.Take());
    }

    [Fact]
    public async Task What_was_sent_over_a_former_connection_is_not_sent_again_but_an_exchange_at_QoS_2_comes_to_its_end()
    {
        using var broker = new TestBroker(OneMinute);
        var subscriber = await broker.SubscriberAsync("s", expiry: Hour);
        await broker.PublishAsync("t", "1", Qos1);
        await broker.PublishAsync("t", "2", Qos2);
        Assert.Equal(["1", "2"], subscriber.TakeTexts());
        subscriber.Lose();

        broker.Clock.Advance(Minute + Second);

        var again = await broker.ConnectAsync("s", Hour);
        var exchange = again.TakeOne();
        Assert.Equal(1, broker.Lost[DropCause.TooOld]);
        Assert.Equal(("2", true), (exchange.Message.Text(), exchange.Dup));
        again.PubRec(exchange.PacketId);
        broker.Store.Commit();
        Assert.Equal(DeliveryKind.Release, again.TakeOne().Kind);
        again.PubComp(exchange.PacketId);
        Assert.Equal((0, 0L), broker.Broker.QueueOf("s"));
    }

    [Fact]
    public async Task QoS_0_for_a_client_that_does_not_take_goes_too()
    {
        using var broker = new TestBroker(OneMinute);
        var subscriber = await broker.SubscriberAsync("s");
        await broker.PublishAsync("t", "1");
        broker.Clock.Advance(Minute);
        await broker.PublishAsync("t", "2");

        broker.Clock.Advance(Second);

        Assert.Equal((1, 2L), broker.Broker.QueueOf("s"));
        Assert.Equal(1, broker.Lost[DropCause.TooOld]);
        Assert.Equal(["2"], subscriber.TakeTexts());
    }

    [Fact]
    public async Task Age_goes_on_over_a_restart()
    {
        var broker = new TestBroker(OneMinute);
        (await broker.SubscriberAsync("s", expiry: Hour)).Disconnect();
        await broker.PublishAsync("t", "1", Qos1);
        broker.Clock.Advance(Minute / 2);
        await broker.PublishAsync("t", "2", Qos1);

        using var restarted = broker.Crash();
        restarted.Clock.Advance((Minute / 2) + Second);

        Assert.Equal((1, 2L), restarted.Broker.QueueOf("s"));
        Assert.Equal(1, restarted.Lost[DropCause.TooOld]);
        Assert.Equal(["2"], (await restarted.ConnectAsync("s", Hour)).TakeTexts());
    }

    [Fact]
    public async Task A_backlog_that_is_on_disk_only_goes_without_being_read()
    {
        var broker = new TestBroker(OneMinute);
        (await broker.SubscriberAsync("s", expiry: Hour)).Disconnect();
        for (var i = 0; i < 2_500; i++)
        {
            await broker.PublishAsync("t", "x", Qos1);
        }

        using var restarted = broker.Crash();
        restarted.Clock.Advance(Minute + Second);
        restarted.Store.Commit();

        Assert.Equal((0, 0L), restarted.Broker.QueueOf("s"));
        Assert.Equal((2_500, 0), (restarted.Lost[DropCause.TooOld], restarted.Store.EntryCount));
    }

    [Theory, InlineData(0), InlineData(30)]
    public async Task A_bridge_has_an_age_of_its_own_also_before_it_is_back_after_a_restart(int minutes)
    {
        const string ClientId = "$edge/bridge/cloud";
        var request = new ConnectRequest
        {
            ClientId = ClientId,
            CleanStart = false,
            SessionExpiry = TimeSpan.MaxValue,
            Queue = new QueueLimits(10, 1_000, OverflowPolicy.DropOldest, 1, TimeSpan.FromMinutes(minutes)),
        };
        var broker = new TestBroker(OneMinute);
        await (await broker.ConnectAsync(request)).SubscribeAsync("t");
        await broker.PublishAsync("t", "1", Qos1);
        using var restarted = broker.Crash();
        restarted.Clock.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal((1, 2L), restarted.Broker.QueueOf(ClientId));
        await restarted.ConnectAsync(request);

        restarted.Clock.Advance(TimeSpan.FromMinutes(10) + Second);

        Assert.Equal(minutes == 0 ? 1 : 0, restarted.Broker.QueueOf(ClientId)!.Value.Messages);
        Assert.Equal(minutes == 0 ? 0 : 1, restarted.Drops.Read(DropCause.TooOld));
    }
}
