using System.Collections.Concurrent;
using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests.Retained;

/// <summary>How much may be retained, and for how long.</summary>
public sealed class RetainedLimitTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    // Topic and payload of each message together are 10 octets where a test counts octets.
    private static readonly BrokerOptions ThreeMessages = new() { MaxRetainedMessages = 3 };
    private static readonly BrokerOptions ThirtyOctets = new() { MaxRetainedBytes = 30 };

    private static readonly (string Limit, BrokerOptions Options)[] All =
        [("mqtt.max_retained_messages", ThreeMessages), ("mqtt.max_retained_bytes", ThirtyOctets)];

    public static TheoryData<int> Limits => [0, 1];

    [Theory, MemberData(nameof(Limits))]
    public async Task Above_quality_0_the_publisher_is_told_and_nothing_becomes_of_the_message(int limit)
    {
        var (name, options) = All[limit];
        using var broker = new TestBroker(options);
        var publisher = await FullAsync(broker);
        var subscriber = await broker.SubscriberAsync("live", "d");

        Assert.Equal(PublishOutcome.QuotaExceeded, await publisher.PublishAsync("d", "123456789", Qos1, retain: true));
        Assert.Equal(PublishOutcome.QuotaExceeded, await publisher.PublishAsync("d", "123456789", Qos2, retain: true, packetId: 7));

        Assert.Empty(subscriber.Take());
        Assert.False(await broker.Kept(publisher.Session.ReleaseAsync(7)));
        Assert.Equal(new() { [DropCause.Quota] = 2 }, broker.Lost);
        Assert.Equal([$"{name} is reached: what p published to d is not retained, and so it is with further messages; said once an hour"], TakeLog(broker));
        Assert.Equal(["a", "b", "c"], await RetainedAsync(broker));
        Assert.Equal(3, broker.Store.RetainedCount);
    }

    [Theory, MemberData(nameof(Limits))]
    public async Task At_quality_0_it_is_delivered_and_not_retained(int limit)
    {
        using var broker = new TestBroker(All[limit].Options);
        var publisher = await FullAsync(broker);
        var subscriber = await broker.SubscriberAsync("live", "d");

        Assert.Equal(PublishOutcome.Accepted, await publisher.PublishAsync("d", "123456789", Qos0, retain: true));

        Assert.Equal(["123456789"], subscriber.TakeTexts());
        await ShowsOneNotRetainedAsync(broker);
    }

    [Fact]
    public async Task A_Will_is_delivered_and_not_retained()
    {
        using var broker = new TestBroker(ThreeMessages);
        await FullAsync(broker);
        var subscriber = await broker.SubscriberAsync("live", "d");
        var dying = await broker.ConnectAsync("dying", will: new WillMessage(MessageOf("d", "gone", Qos1, retain: true), default, null));

        dying.Lose();

        Assert.Equal(["gone"], subscriber.TakeTexts());
        await ShowsOneNotRetainedAsync(broker);
    }

    [Fact]
    public async Task A_delayed_message_that_is_due_is_delivered_and_not_retained()
    {
        using var broker = new TestBroker(ThreeMessages);
        var publisher = await FullAsync(broker);
        var subscriber = await broker.SubscriberAsync("live", "d");
        Assert.Equal(PublishOutcome.Accepted, await publisher.PublishAsync("$delayed/5/d", "later", Qos1, retain: true));

        broker.Clock.Advance(5 * Second);

        Assert.Equal(["later"], subscriber.TakeTexts());
        await ShowsOneNotRetainedAsync(broker);
        Assert.Equal(0, broker.Store.DelayedCount);
    }

    [Fact]
    public async Task What_a_node_without_a_session_publishes_is_delivered_and_not_retained()
    {
        using var broker = new TestBroker(ThreeMessages);
        await FullAsync(broker);
        var subscriber = await broker.SubscriberAsync("live", "d");

        Assert.Equal(PublishOutcome.Accepted, await broker.Kept(broker.Broker.PublishAsync(MessageOf("d", "minus one", retain: true), isOwn: false)));

        Assert.Equal(["minus one"], subscriber.TakeTexts());
        await ShowsOneNotRetainedAsync(broker);
    }

    // Its upstream would send it again and again, and nothing else would come down meanwhile.
    [Fact]
    public async Task What_a_bridge_brings_is_delivered_and_not_retained()
    {
        using var broker = new TestBroker(ThreeMessages);
        await FullAsync(broker);
        var subscriber = await broker.SubscriberAsync("live", "d");
        var bridge = await broker.ConnectAsync(new ConnectRequest { ClientId = "$edge/bridge/cloud", Queue = new QueueLimits(100, 10_000, default, 10) });

        Assert.Equal(PublishOutcome.Accepted, await bridge.PublishAsync("d", "from above", Qos1, retain: true));

        Assert.Equal(["from above"], subscriber.TakeTexts());
        await ShowsOneNotRetainedAsync(broker);
    }

    [Theory, MemberData(nameof(Limits))]
    public async Task A_topic_that_has_one_gets_a_new_one_and_clearing_makes_room(int limit)
    {
        using var broker = new TestBroker(All[limit].Options);
        var publisher = await FullAsync(broker);

        Assert.Equal(PublishOutcome.NoMatchingSubscribers, await publisher.PublishAsync("b", "987654321", Qos1, retain: true));
        Assert.Equal(PublishOutcome.NoMatchingSubscribers, await publisher.PublishAsync("a", "", Qos1, retain: true));
        Assert.Equal(PublishOutcome.NoMatchingSubscribers, await publisher.PublishAsync("d", "123456789", Qos1, retain: true));

        Assert.Equal(["b", "c", "d"], await RetainedAsync(broker));
        Assert.Equal(3, broker.Store.RetainedCount);
    }

    [Fact]
    public async Task A_message_larger_than_the_old_one_needs_room_for_the_rest()
    {
        using var broker = new TestBroker(ThirtyOctets);
        var publisher = await FullAsync(broker);

        Assert.Equal(PublishOutcome.QuotaExceeded, await publisher.PublishAsync("a", "1234567890", Qos1, retain: true));
        await publisher.PublishAsync("b", "12345678", Qos1, retain: true);
        Assert.Equal(PublishOutcome.NoMatchingSubscribers, await publisher.PublishAsync("a", "1234567890", Qos1, retain: true));

        Assert.Equal(30, broker.Broker.Snapshot().RetainedBytes);
        Assert.Single(TakeLog(broker));
    }

    // MQTT 3.1.1 [MQTT-3.3.1-7]: who subscribes later must not take an old value for the last one.
    [Fact]
    public async Task The_old_message_goes_where_the_new_one_was_delivered_and_stays_where_it_was_refused()
    {
        using var broker = new TestBroker(ThirtyOctets);
        var publisher = await FullAsync(broker);

        await publisher.PublishAsync("a", "1234567890", Qos1, retain: true);
        await publisher.PublishAsync("b", "1234567890", Qos0, retain: true);

        Assert.Equal(["a", "c"], await RetainedAsync(broker));
        Assert.Equal(2, broker.Store.RetainedCount);
        Assert.Single(TakeLog(broker));
    }

    [Fact]
    public async Task One_that_is_larger_than_one_may_be_is_refused_for_good()
    {
        using var broker = new TestBroker(new BrokerOptions { MaxRetainedSize = 10 });
        var publisher = await broker.ConnectAsync("p");
        var subscriber = await broker.SubscriberAsync("live");

        Assert.Equal(PublishOutcome.TooLarge, await publisher.PublishAsync("a", "1234567890", Qos1, retain: true));
        await publisher.PublishAsync("a", "123456789", Qos1, retain: true);
        await publisher.PublishAsync("b", "1234567890", Qos0, retain: true);
        await publisher.PublishAsync("c", "1234567890", Qos1);

        Assert.Equal(["123456789", "1234567890", "1234567890"], subscriber.TakeTexts());
        Assert.Equal(["a"], await RetainedAsync(broker));
        Assert.Equal(new() { [DropCause.Quota] = 2 }, broker.Lost);
        Assert.StartsWith("mqtt.max_retained_size is reached: ", Assert.Single(TakeLog(broker)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_has_expired_does_not_stand_in_the_way()
    {
        using var broker = new TestBroker(new BrokerOptions { MaxRetainedMessages = 20, MaxRetainedBytes = 200 });
        var publisher = await broker.ConnectAsync("p");
        for (var i = 10; i < 30; i++)
        {
            await publisher.PublishAsync(MessageOf($"{i}", "12345678", Qos1, retain: true) with { ExpiresAt = broker.Clock.GetUtcNow() + (i * Second) });
        }

        broker.Clock.Advance(9 * Second);
        Assert.Equal(PublishOutcome.QuotaExceeded, await publisher.PublishAsync("x", "123456789", Qos1, retain: true));
        broker.Clock.Advance(11 * Second);
        Assert.Equal(PublishOutcome.NoMatchingSubscribers, await publisher.PublishAsync("x", new string('x', 99), Qos1, retain: true));

        broker.Store.Commit();
        var left = Enumerable.Range(21, 9).Select(i => $"{i}").Append("x").ToArray();
        Assert.Equal(left, await RetainedAsync(broker));
        Assert.Equal(left, broker.Store.Load().Retained.Select(message => message.Topic.ToString()).Order());
        Assert.Single(TakeLog(broker));
    }

    [Fact]
    public async Task A_message_that_is_replaced_does_not_take_the_new_one_with_it_when_it_would_have_expired()
    {
        using var broker = new TestBroker(ThreeMessages);
        var publisher = await broker.ConnectAsync("p");
        await publisher.PublishAsync(MessageOf("a", "old", Qos1, retain: true) with { ExpiresAt = broker.Clock.GetUtcNow() + Second });
        await publisher.PublishAsync("a", "new", Qos1, retain: true);
        await publisher.PublishAsync(MessageOf("b", "old", Qos1, retain: true) with { ExpiresAt = broker.Clock.GetUtcNow() + Second });
        await publisher.PublishAsync(MessageOf("b", "new", Qos1, retain: true) with { ExpiresAt = broker.Clock.GetUtcNow() + (9 * Second) });

        broker.Clock.Advance(2 * Second);
        await publisher.PublishAsync("c", "x", Qos1, retain: true);

        Assert.Equal(["a", "b", "c"], await RetainedAsync(broker));
    }

    [Fact]
    public async Task What_the_gateway_says_of_itself_takes_nobodys_room()
    {
        using var broker = new TestBroker(new BrokerOptions { MaxRetainedMessages = 1, MaxRetainedBytes = 10, MaxRetainedSize = 10, RetainedExpiry = Second });
        for (var i = 0; i < 5; i++)
        {
            await broker.PublishAsync($"$SYS/broker/{i}", "a long value", retain: true);
        }

        broker.Clock.Advance(2 * Second);
        await broker.PublishAsync("a", retain: true);

        Assert.Equal(6, broker.Broker.Snapshot().Retained);
        Assert.Empty(broker.Lost);
    }

    [Fact]
    public async Task After_a_restart_what_was_kept_is_there_and_counts_also_when_it_is_more_than_is_allowed_now()
    {
        var before = new TestBroker();
        await FullAsync(before);
        before.Dispose();
        using var broker = new TestBroker(new BrokerOptions { MaxRetainedMessages = 2, MaxRetainedBytes = 20 }, before.Store.Crash());
        Assert.Equal(["a", "b", "c"], await RetainedAsync(broker));
        var publisher = await broker.ConnectAsync("p");

        Assert.Equal(PublishOutcome.NoMatchingSubscribers, await publisher.PublishAsync("a", "12345678", Qos1, retain: true));
        Assert.Equal(PublishOutcome.QuotaExceeded, await publisher.PublishAsync("a", "123456789", Qos1, retain: true));
        Assert.Equal(PublishOutcome.QuotaExceeded, await publisher.PublishAsync("d", "1", Qos1, retain: true));
        await publisher.PublishAsync("a", "", Qos1, retain: true);
        await publisher.PublishAsync("b", "", Qos1, retain: true);
        Assert.Equal(PublishOutcome.NoMatchingSubscribers, await publisher.PublishAsync("d", "1", Qos1, retain: true));

        Assert.Equal(["c", "d"], await RetainedAsync(broker));
        Assert.Equal(2, TakeLog(broker).Length);
    }

    [Fact]
    public async Task A_message_without_an_expiry_of_its_own_is_retained_as_long_as_is_told()
    {
        var broker = new TestBroker(new BrokerOptions { RetainedExpiry = 60 * Second });
        var publisher = await broker.ConnectAsync("p");
        var live = await broker.SubscriberAsync("live");
        var start = broker.Clock.GetUtcNow();
        await publisher.PublishAsync("a", "1", Qos1, retain: true);
        await publisher.PublishAsync(MessageOf("b", "2", Qos1, retain: true) with { ExpiresAt = start + (90 * Second) });
        await publisher.PublishAsync(MessageOf("c", "3", Qos1, retain: true) with { ExpiresAt = start + (30 * Second) });

        // What is delivered at once is as its publisher wanted it; who comes later is told how long it holds.
        Assert.Equal([null, start + (90 * Second), start + (30 * Second)], live.Take().Select(delivery => delivery.Message!.ExpiresAt));
        Assert.Equal(start + (60 * Second), (await broker.SubscriberAsync("later", "a")).TakeOne().Message!.ExpiresAt);
        using var restarted = broker.Crash();
        restarted.Clock.Advance(30 * Second);
        Assert.Equal(["a", "b"], await RetainedAsync(restarted));
        restarted.Clock.Advance(30 * Second);
        Assert.Equal(["b"], await RetainedAsync(restarted));
        restarted.Clock.Advance(30 * Second);
        Assert.Empty(await RetainedAsync(restarted));
        restarted.Store.Commit();
        Assert.Equal(0, restarted.Store.RetainedCount);
    }

    [Fact]
    public async Task Publishers_that_come_at_the_same_time_do_not_get_beyond_the_limit_together()
    {
        using var broker = new TestBroker(new BrokerOptions { MaxRetainedMessages = 50, MaxRetainedBytes = 400 });
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var committing = Task.Run(() => broker.Store.CommitContinuouslyAsync(stopping.Token), CancellationToken.None);
        var most = 0L;
        var accepted = new ConcurrentDictionary<string, bool>();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(number => Task.Run(async () =>
        {
            var outcome = await broker.Broker.ConnectAsync(new ConnectRequest { ClientId = $"p{number}" }, new RecordingSink());
            for (var i = 0; i < 400; i++)
            {
                var topic = $"{number}/{i % 97:00}";
                var clears = i % 7 == 0;
                var kept = await outcome.Session!.PublishAsync(MessageOf(topic, clears ? "" : "1234", Qos1, retain: true), 0);
                accepted[topic] = kept == PublishOutcome.NoMatchingSubscribers ? !clears : accepted.GetValueOrDefault(topic);
                InterlockedMaximum(ref most, broker.Broker.Snapshot().RetainedBytes);
            }
        })));
        await stopping.CancelAsync();
        await committing;

        Assert.InRange(most, 8, 400);
        Assert.Equal(accepted.Where(topic => topic.Value).Select(topic => topic.Key).Order(), await RetainedAsync(broker));
        Assert.Equal(broker.Broker.Snapshot().Retained, broker.Store.RetainedCount);
        Assert.NotEmpty(TakeLog(broker));
    }

    [Fact]
    public async Task The_limits_are_seen_on_SYS()
    {
        using var broker = new TestBroker(ThreeMessages);
        var topics = new SystemTopics(broker.Broker, broker.Drops, broker.Clock, "1");
        var publisher = await FullAsync(broker);
        await publisher.PublishAsync("d", "1", Qos1, retain: true);

        topics.Publish();

        Assert.Equal(["3"], (await broker.SubscriberAsync("count", "$SYS/broker/retained messages/count")).TakeTexts());
        Assert.Equal(["30"], (await broker.SubscriberAsync("octets", "$SYS/broker/retained messages/bytes")).TakeTexts());
        Assert.Equal(["1"], (await broker.SubscriberAsync("quota", "$SYS/broker/messages/dropped/quota")).TakeTexts());
        Assert.Single(TakeLog(broker));
    }

    /// <summary>Fills the room there is: three messages of ten octets.</summary>
    private static async Task<TestClient> FullAsync(TestBroker broker)
    {
        var publisher = await broker.ConnectAsync("p");
        foreach (var topic in new[] { "a", "b", "c" })
        {
            Assert.Equal(PublishOutcome.NoMatchingSubscribers, await publisher.PublishAsync(topic, "123456789", Qos1, retain: true));
        }

        return publisher;
    }

    private static async Task ShowsOneNotRetainedAsync(TestBroker broker)
    {
        broker.Store.Commit();
        Assert.Equal(new() { [DropCause.Quota] = 1 }, broker.Lost);
        Assert.Single(TakeLog(broker));
        Assert.Equal(["a", "b", "c"], await RetainedAsync(broker));
        Assert.Equal(["a", "b", "c"], broker.Store.Load().Retained.Select(message => message.Topic.ToString()).Order());
    }

    private static async Task<string[]> RetainedAsync(TestBroker broker)
    {
        var subscriber = await broker.SubscriberAsync("look", qos: Qos0);
        var topics = subscriber.Take().Select(delivery => delivery.Message!.Topic.ToString()).Order().ToArray();
        subscriber.Disconnect();
        return topics;
    }

    private static string[] TakeLog(TestBroker broker)
    {
        var lines = broker.Log.Lines.ToArray();
        broker.Log.Lines.Clear();
        return lines;
    }

    private static void InterlockedMaximum(ref long most, long value)
    {
        for (var seen = Interlocked.Read(ref most); seen < value; seen = Interlocked.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, value, seen);
        }
    }
}
