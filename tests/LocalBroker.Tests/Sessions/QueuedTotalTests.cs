using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests.Sessions;

/// <summary>What waits in all sessions together has a limit, and the largest queue pays for it.</summary>
public sealed class QueuedTotalTests
{
    private const int Limit = 10_000;
    private const int Size = 100;

    private static readonly string Payload = new('x', Size - 2); // Its topics are two letters long.

    [Fact]
    public async Task The_oldest_of_the_largest_queue_give_way()
    {
        using var broker = Broker();
        await AwayAsync(broker, "large", "l1");
        await AwayAsync(broker, "small", "s1");
        await PublishAsync(broker, "l1", 90);
        await PublishAsync(broker, "s1", 30);

        Assert.Equal((70, 7_000), broker.Broker.QueueOf("large"));
        Assert.Equal((30, 3_000), broker.Broker.QueueOf("small"));
        Assert.Equal(new() { [DropCause.QueueFull] = 20 }, broker.Lost);
        var large = await broker.ConnectAsync("large", Hour);
        Assert.Equal($"20{Payload}"[..10], large.Take(1)[0].Message.Text()[..10]);
    }

    [Fact]
    public async Task Whoever_is_largest_gives_way_until_another_is()
    {
        using var broker = Broker();
        await AwayAsync(broker, "a", "a1");
        await AwayAsync(broker, "b", "b1");
        await PublishAsync(broker, "a1", 100);
        await PublishAsync(broker, "b1", 100);
        await PublishAsync(broker, "a1", 10);

        var (a, b) = (broker.Broker.QueueOf("a")!.Value, broker.Broker.QueueOf("b")!.Value);
        Assert.Equal(Limit, a.Bytes + b.Bytes);
        Assert.InRange(a.Bytes, Limit / 4, Limit * 3 / 4);
        Assert.Equal(110, broker.Lost[DropCause.QueueFull]);
    }

    [Fact]
    public async Task With_drop_newest_the_new_message_goes()
    {
        using var broker = Broker(OverflowPolicy.DropNewest);
        await AwayAsync(broker, "large", "l1");
        await AwayAsync(broker, "small", "s1");
        await PublishAsync(broker, "l1", 90);
        await PublishAsync(broker, "s1", 30);

        Assert.Equal((90, 9_000), broker.Broker.QueueOf("large"));
        Assert.Equal((10, 1_000), broker.Broker.QueueOf("small"));
        Assert.Equal(new() { [DropCause.QueueFull] = 20 }, broker.Lost);
    }

    [Theory]
    [InlineData(OverflowPolicy.DropOldest, Qos0)]
    [InlineData(OverflowPolicy.DropOldest, Qos1)]
    [InlineData(OverflowPolicy.DropNewest, Qos0)]
    [InlineData(OverflowPolicy.DropNewest, Qos1)]
    public async Task A_client_that_keeps_up_gets_all_and_takes_nothing_from_others(OverflowPolicy overflow, QualityOfService qos)
    {
        using var broker = Broker(overflow);
        await AwayAsync(broker, "away", "l1");
        await PublishAsync(broker, "l1", 100);
        var here = await broker.SubscriberAsync("here", "s1", qos);

        for (var i = 0; i < 300; i++)
        {
            await broker.PublishAsync("s1", Payload, qos);
            here.PubAck(here.TakeOne().PacketId);
        }

        Assert.Empty(broker.Lost);
        Assert.Equal((100, (long)Limit), broker.Broker.QueueOf("away"));
    }

    [Fact]
    public async Task One_that_does_not_keep_up_gets_no_more_than_a_handful_at_QoS_0()
    {
        using var broker = Broker();
        await AwayAsync(broker, "away", "l1");
        await PublishAsync(broker, "l1", 100);
        await broker.SubscriberAsync("slow", "s1", Qos0);

        await PublishAsync(broker, "s1", 300, Qos0);

        Assert.Equal(257, broker.Broker.QueueOf("slow")!.Value.Messages);
        Assert.Equal(new() { [DropCause.SlowReceiver] = 43 }, broker.Lost);
    }

    [Fact]
    public async Task What_is_delivered_discarded_or_ended_makes_room_again()
    {
        using var broker = Broker(OverflowPolicy.DropNewest);
        await AwayAsync(broker, "a", "a1");
        await PublishAsync(broker, "a1", 100);

        var client = await broker.ConnectAsync("a", Hour);
        var taken = client.Take().Take(30).ToArray();
        foreach (var delivery in taken[..^1])
        {
            client.PubAck(delivery.PacketId);
        }

        client.Session.Discard(taken[^1], DropCause.Refused);
        client.Lose();
        await PublishAsync(broker, "a1", 31);
        Assert.Equal((100, (long)Limit), broker.Broker.QueueOf("a"));
        Assert.Equal(1, broker.Lost[DropCause.QueueFull]);

        await AwayAsync(broker, "b", "b1");
        (await broker.ConnectAsync("a", cleanStart: true)).Disconnect();
        await PublishAsync(broker, "b1", 100);
        Assert.Equal((100, (long)Limit), broker.Broker.QueueOf("b"));
    }

    [Fact]
    public async Task It_holds_over_a_restart()
    {
        using var before = Broker();
        await AwayAsync(before, "a", "a1");
        await AwayAsync(before, "b", "b1");
        await PublishAsync(before, "a1", 80);
        before.Store.Commit();

        using var after = before.Crash();
        await PublishAsync(after, "b1", 30);

        Assert.Equal((70, 7_000), after.Broker.QueueOf("a"));
        Assert.Equal((30, 3_000), after.Broker.QueueOf("b"));
        Assert.Equal(10, after.Lost[DropCause.QueueFull]);
    }

    [Fact]
    public async Task Bridges_have_their_own()
    {
        using var broker = Broker();
        var bridge = await broker.ConnectAsync(new ConnectRequest
        {
            ClientId = "$edge/bridge/cloud",
            SessionExpiry = TimeSpan.MaxValue,
            Queue = new QueueLimits(1_000_000, 1_000_000, default, 10),
        });
        await bridge.SubscribeAsync("l1");
        bridge.Lose();
        await AwayAsync(broker, "a", "a1");

        await PublishAsync(broker, "l1", 200);
        await PublishAsync(broker, "a1", 100);

        Assert.Empty(broker.Lost);
    }

    [Fact]
    public async Task Publishers_at_the_same_time_lose_none_uncounted_and_keep_to_the_limit()
    {
        const int Each = 2_000;
        using var broker = Broker();
        for (var i = 0; i < 4; i++)
        {
            await AwayAsync(broker, $"c{i}", $"t{i}");
        }

        await Task.WhenAll(Enumerable.Range(0, 4).Select(number => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                _ = broker.Broker.PublishAsync(MessageOf($"t{number}", Payload, Qos1), isOwn: true).AsTask();
            }
        })));
        await PublishAsync(broker, "t0", 1);

        var queued = Enumerable.Range(0, 4).Select(number => broker.Broker.QueueOf($"c{number}")!.Value).ToArray();
        Assert.InRange(queued.Sum(queue => queue.Bytes), 0, Limit);
        Assert.Equal((4 * Each) + 1, queued.Sum(queue => queue.Messages) + broker.Lost[DropCause.QueueFull]);
    }

    private static TestBroker Broker(OverflowPolicy overflow = OverflowPolicy.DropOldest) =>
        new(new BrokerOptions { MaxQueuedBytesTotal = Limit, Overflow = overflow, MaxInflight = 65_535 });

    private static async Task AwayAsync(TestBroker broker, string clientId, string topic) =>
        (await broker.SubscriberAsync(clientId, topic, Qos1, Hour)).Disconnect();

    /// <summary>Publishes messages that begin with their number, each of the same size.</summary>
    private static async Task PublishAsync(TestBroker broker, string topic, int count, QualityOfService qos = Qos1)
    {
        for (var number = 0; number < count; number++)
        {
            await broker.PublishAsync(topic, $"{number:00}{Payload}"[..Payload.Length], qos);
        }
    }
}
