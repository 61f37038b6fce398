using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests.Sessions;

/// <summary>Full queues and messages that came too late: each loss has its cause and is counted once.</summary>
public sealed class QueueLimitTests
{
    [Theory]
    [InlineData(OverflowPolicy.DropOldest, new[] { "2", "3", "4" })]
    [InlineData(OverflowPolicy.DropNewest, new[] { "0", "1", "2" })]
    public async Task A_full_queue_drops_by_its_policy_and_counts(OverflowPolicy overflow, string[] expected)
    {
        using var broker = new TestBroker(new BrokerOptions { MaxQueuedMessages = 3, Overflow = overflow });
        (await broker.SubscriberAsync("s", expiry: Hour)).Disconnect();

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(PublishOutcome.Accepted, await broker.PublishAsync("t", $"{i}", Qos1));
        }

        Assert.Equal((3, 6L), broker.Broker.QueueOf("s"));
        Assert.Equal(new Dictionary<DropCause, long> { [DropCause.QueueFull] = 2 }, broker.Lost);
        Assert.Equal(expected, (await broker.ConnectAsync("s", Hour)).TakeTexts());
        broker.Store.Commit();
        Assert.Equal(3, broker.Store.EntryCount);
    }

    [Fact]
    public async Task Octets_are_a_limit_too_and_as_many_give_way_as_it_takes()
    {
        using var broker = new TestBroker(new BrokerOptions { MaxQueuedBytes = 20 });
        (await broker.SubscriberAsync("s", expiry: Hour)).Disconnect();
        foreach (var payload in new[] { "1", "22", "333", "4444", "55555" })
        {
            await broker.PublishAsync("t", payload, Qos1);
        }

        Assert.Equal((5, 20L), broker.Broker.QueueOf("s"));
        await broker.PublishAsync("t", "666666", Qos1);

        Assert.Equal((3, 18L), broker.Broker.QueueOf("s"));
        Assert.Equal(3, broker.Lost[DropCause.QueueFull]);
        Assert.Equal(["4444", "55555", "666666"], (await broker.ConnectAsync("s", Hour)).TakeTexts());
    }

    [Theory]
    [InlineData(OverflowPolicy.DropOldest)]
    [InlineData(OverflowPolicy.DropNewest)]
    public async Task A_message_larger_than_the_whole_queue_drives_nobody_out(OverflowPolicy overflow)
    {
        using var broker = new TestBroker(new BrokerOptions { MaxQueuedBytes = 10, Overflow = overflow });
        (await broker.SubscriberAsync("s", expiry: Hour)).Disconnect();
        await broker.PublishAsync("t", "1", Qos1);

        await broker.PublishAsync("t", "much too long", Qos1);

        Assert.Equal(1, broker.Lost[DropCause.QueueFull]);
        Assert.Equal(["1"], (await broker.ConnectAsync("s", Hour)).TakeTexts());
    }

    [Fact]
    public async Task What_is_in_flight_does_not_give_way()
    {
        using var broker = new TestBroker(new BrokerOptions { MaxQueuedMessages = 4, MaxInflight = 2 });
        var subscriber = await broker.SubscriberAsync("s", expiry: Hour);
        await broker.PublishAsync("t", "0", Qos1);
        await broker.PublishAsync("t", "1", Qos1);
        var inFlight = subscriber.Take();
        for (var i = 2; i < 9; i++)
        {
            await broker.PublishAsync("t", $"{i}", Qos1);
        }

        Assert.Equal((4, 5L), (broker.Broker.QueueOf("s")!.Value.Messages, broker.Lost[DropCause.QueueFull]));
        subscriber.PubAck(inFlight[1].PacketId);
        subscriber.PubAck(inFlight[0].PacketId);
        Assert.Equal(["7", "8"], subscriber.TakeTexts());
    }

    [Fact]
    public async Task When_all_is_in_flight_the_newest_gives_way()
    {
        using var broker = new TestBroker(new BrokerOptions { MaxQueuedMessages = 2 });
        var subscriber = await broker.SubscriberAsync("s");
        await broker.PublishAsync("t", "0", Qos1);
        await broker.PublishAsync("t", "1", Qos1);
        Assert.Equal(2, subscriber.Take().Count);

        await broker.PublishAsync("t", "2", Qos1);

        Assert.Empty(subscriber.Take());
        Assert.Equal(1, broker.Lost[DropCause.QueueFull]);
    }

    // Another broker kept what it had dropped in its list of unacknowledged messages, for good.
    [Fact]
    public async Task After_an_overflow_and_all_acknowledgements_nothing_is_held()
    {
        using var broker = new TestBroker(new BrokerOptions { MaxQueuedMessages = 100 });
        (await broker.SubscriberAsync("s", expiry: Hour)).Disconnect();
        for (var i = 0; i < 500; i++)
        {
            await broker.PublishAsync("t", $"{i}", i % 2 == 0 ? Qos1 : Qos2);
        }

        var again = await broker.ConnectAsync("s", Hour);
        var receiver = new Receiver(again);
        while (receiver.Turn())
        {
            broker.Store.Commit();
        }

        Assert.Equal(Enumerable.Range(400, 100).Select(i => $"{i}"), receiver.Got);
        Assert.Equal((0, 0L), broker.Broker.QueueOf("s"));
        Assert.Equal((0, 400L), (broker.Store.EntryCount, broker.Lost[DropCause.QueueFull]));
    }

    [Fact]
    public async Task An_internal_session_has_its_own_limits()
    {
        using var broker = new TestBroker(new BrokerOptions { MaxQueuedMessages = 1 });
        var bridge = await broker.ConnectAsync(new ConnectRequest
        {
            ClientId = "$edge/bridge/cloud",
            SessionExpiry = TimeSpan.MaxValue,
            Queue = new QueueLimits(5, 1_000, OverflowPolicy.DropNewest, 2),
        });
        await bridge.SubscribeAsync("t");
        for (var i = 0; i < 7; i++)
        {
            await broker.PublishAsync("t", $"{i}", Qos1);
        }

        Assert.Equal(["0", "1"], bridge.TakeTexts());
        Assert.Equal((5, 2L), (broker.Broker.QueueOf("$edge/bridge/cloud")!.Value.Messages, broker.Lost[DropCause.QueueFull]));
    }

    [Fact]
    public async Task Quality_0_for_an_absent_receiver_is_counted()
    {
        using var broker = new TestBroker();
        (await broker.SubscriberAsync("s", expiry: Hour)).Disconnect();

        Assert.Equal(PublishOutcome.Accepted, await broker.PublishAsync("t"));

        Assert.Equal(new Dictionary<DropCause, long> { [DropCause.Offline] = 1 }, broker.Lost);
        Assert.Empty((await broker.ConnectAsync("s", Hour)).Take());
    }

    [Fact]
    public async Task Quality_0_that_was_not_taken_when_the_connection_went_is_counted()
    {
        using var broker = new TestBroker();
        var subscriber = await broker.SubscriberAsync("s", expiry: Hour);
        await broker.PublishAsync("t");
        await broker.PublishAsync("t");

        subscriber.Lose();

        Assert.Equal(new Dictionary<DropCause, long> { [DropCause.Offline] = 2 }, broker.Lost);
        Assert.Equal((0, 0L), broker.Broker.QueueOf("s"));
    }

    [Theory]
    [InlineData(3, long.MaxValue, 3)]
    [InlineData(100, 8, 4)]
    public async Task Quality_0_for_a_receiver_that_takes_too_slowly_is_counted(int maxMessages, long maxBytes, int kept)
    {
        using var broker = new TestBroker(new BrokerOptions { MaxQueuedMessages = maxMessages, MaxQueuedBytes = maxBytes });
        var subscriber = await broker.SubscriberAsync("s");
        for (var i = 0; i < 10; i++)
        {
            await broker.PublishAsync("t", $"{i}");
        }

        Assert.Equal(Enumerable.Range(0, kept).Select(i => $"{i}"), subscriber.TakeTexts());
        Assert.Equal(new Dictionary<DropCause, long> { [DropCause.SlowReceiver] = 10 - kept }, broker.Lost);
    }

    [Fact]
    public async Task A_message_that_expired_while_it_waited_is_counted_and_not_sent()
    {
        using var broker = new TestBroker();
        (await broker.SubscriberAsync("s", expiry: Hour)).Disconnect();
        await PublishAsync(broker, "short", TimeSpan.FromSeconds(10));
        await PublishAsync(broker, "long", TimeSpan.FromSeconds(11));
        await broker.PublishAsync("t", "for ever", Qos1);
        broker.Clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(["long", "for ever"], (await broker.ConnectAsync("s", Hour)).TakeTexts());

        Assert.Equal(new Dictionary<DropCause, long> { [DropCause.Expired] = 1 }, broker.Lost);
        broker.Store.Commit();
        Assert.Equal(2, broker.Store.EntryCount);
    }

    [Fact]
    public async Task Quality_0_expires_too()
    {
        using var broker = new TestBroker();
        var subscriber = await broker.SubscriberAsync("s");
        await PublishAsync(broker, "short", TimeSpan.FromSeconds(10), Qos0);
        broker.Clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Empty(subscriber.Take());
        Assert.Equal(new Dictionary<DropCause, long> { [DropCause.Expired] = 1 }, broker.Lost);
    }

    // No implicit time to live: another gateway dropped after 45 s what it had acknowledged.
    [Fact]
    public async Task Without_an_expiry_nothing_expires()
    {
        using var broker = new TestBroker(new BrokerOptions { MaxSessionExpiry = TimeSpan.MaxValue });
        (await broker.SubscriberAsync("s", expiry: TimeSpan.MaxValue)).Disconnect();
        await broker.PublishAsync("t", "1", Qos1);
        broker.Clock.Advance(TimeSpan.FromDays(10_000));

        Assert.Equal(["1"], (await broker.ConnectAsync("s", TimeSpan.MaxValue)).TakeTexts());
    }

    [Fact]
    public async Task A_quality_2_message_that_its_receiver_may_have_does_not_expire()
    {
        using var broker = new TestBroker();
        var subscriber = await broker.SubscriberAsync("s", expiry: Hour);
        await PublishAsync(broker, "sent", TimeSpan.FromSeconds(10), Qos2);
        subscriber.TakeOne();
        await PublishAsync(broker, "not sent", TimeSpan.FromSeconds(10), Qos2);
        subscriber.Lose();
        broker.Clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(["sent"], (await broker.ConnectAsync("s", Hour)).TakeTexts());
        Assert.Equal(new Dictionary<DropCause, long> { [DropCause.Expired] = 1 }, broker.Lost);
    }

    private static async Task PublishAsync(TestBroker broker, string payload, TimeSpan expiry, QualityOfService qos = Qos1) =>
        await broker.Kept(broker.Broker.PublishAsync(MessageOf("t", payload, qos) with { ExpiresAt = broker.Clock.GetUtcNow() + expiry }, isOwn: true));
}
