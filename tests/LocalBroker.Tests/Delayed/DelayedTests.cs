using System.Globalization;
using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests.Delayed;

/// <summary>Messages on <c>$delayed/{when}/{topic}</c>.</summary>
public sealed class DelayedTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private TestBroker _broker = new(new BrokerOptions { MaxDelayedMessages = 5, MaxDelayedBytes = 1_000 });

    public void Dispose() => _broker.Dispose();

    [Theory]
    [InlineData(Qos0)]
    [InlineData(Qos1)]
    [InlineData(Qos2)]
    public async Task A_message_is_published_when_its_time_comes_and_not_before(QualityOfService qos)
    {
        var receiver = await _broker.SubscriberAsync("r", "a/#");
        var publisher = await _broker.ConnectAsync("p");
        Assert.Equal(PublishOutcome.Accepted, await publisher.PublishAsync("$delayed/10/a/b", "later", qos));
        _broker.Clock.Advance(10 * Second - TimeSpan.FromMilliseconds(1));
        Assert.Empty(receiver.Take());
        Assert.Equal(1, _broker.Broker.Snapshot().Delayed);

        _broker.Clock.Advance(TimeSpan.FromMilliseconds(1));

        var delivery = receiver.TakeOne();
        Assert.Equal(("a/b", "later", qos, "p"), (delivery.Message!.Topic.ToString(), delivery.Message.Text(), delivery.Message.Qos, delivery.Message.Origin));
        Assert.Equal(0, _broker.Broker.Snapshot().Delayed);
    }

    [Fact]
    public async Task An_absolute_time_is_a_Unix_time_in_seconds()
    {
        var receiver = await _broker.SubscriberAsync("r");
        var due = _broker.Clock.GetUtcNow().ToUnixTimeSeconds() + 60;
        await _broker.PublishAsync($"$delayed/{due}/a");
        _broker.Clock.Advance(59 * Second);
        Assert.Empty(receiver.Take());

        _broker.Clock.Advance(Second);

        Assert.Equal("a", receiver.TakeOne().Message!.Topic.ToString());
    }

    [Theory]
    [InlineData("0")]
    [InlineData("4294967")]
    [InlineData("1700000000")]
    public async Task What_is_due_already_goes_out_at_once(string when)
    {
        var receiver = await _broker.SubscriberAsync("r");

        await _broker.PublishAsync($"$delayed/{when}/a", qos: Qos1);

        Assert.Equal("a", receiver.TakeOne().Message!.Topic.ToString());
        Assert.Equal(0, _broker.Store.DelayedCount);
    }

    [Theory]
    [InlineData("4294966", true)]
    [InlineData("+4294967", true)]
    [InlineData("+4294968", false)]
    public async Task Nothing_waits_longer_than_4294967_seconds(string when, bool isTaken)
    {
        var seconds = when[0] == '+' ? _broker.Clock.GetUtcNow().ToUnixTimeSeconds() + long.Parse(when, CultureInfo.InvariantCulture) : long.Parse(when, CultureInfo.InvariantCulture);

        var outcome = await _broker.PublishAsync($"$delayed/{seconds}/a", qos: Qos1);

        Assert.Equal(isTaken ? PublishOutcome.Accepted : PublishOutcome.TopicInvalid, outcome);
        Assert.Equal(isTaken ? 0 : 1, _broker.Drops.Read(DropCause.TopicInvalid));
    }

    [Theory]
    [InlineData("$delayed/")]
    [InlineData("$delayed/5")]
    [InlineData("$delayed/5/")]
    [InlineData("$delayed//a")]
    [InlineData("$delayed/soon/a")]
    [InlineData("$delayed/-5/a")]
    [InlineData("$delayed/ 5/a")]
    [InlineData("$delayed/1.5/a")]
    [InlineData("$delayed/99999999999999999999/a")]
    [InlineData("$delayed/5/$delayed/5/a")]
    public async Task What_names_no_time_or_no_topic_is_refused_and_counted(string topic)
    {
        var everything = await _broker.SubscriberAsync("r", "$delayed/#");
        var publisher = await _broker.ConnectAsync("p", Hour);

        var outcome = await publisher.PublishAsync(topic, "x", Qos2, packetId: 1);

        Assert.Equal(PublishOutcome.TopicInvalid, outcome);
        Assert.Equal(new() { [DropCause.TopicInvalid] = 1 }, _broker.Lost);
        Assert.False(await _broker.Kept(publisher.Session.ReleaseAsync(1)));
        _broker.Clock.Advance(Hour);
        Assert.Empty(everything.Take());
    }

    [Fact]
    public async Task The_real_topic_is_held_to_the_rules_of_every_topic()
    {
        var publisher = await _broker.ConnectAsync("p");

        Assert.Equal(PublishOutcome.NotAuthorized, await publisher.PublishAsync("$delayed/5/$SYS/a"));
        Assert.Equal(PublishOutcome.TopicInvalid, await publisher.PublishAsync("$delayed/5/" + string.Join('/', Enumerable.Repeat("a", 129))));

        Assert.Equal(0, _broker.Store.DelayedCount);
    }

    [Fact]
    public async Task They_go_out_in_the_order_of_their_times_then_of_their_arrival()
    {
        var receiver = await _broker.SubscriberAsync("r", window: 3);
        foreach (var (delay, payload) in new[] { (3, "d"), (1, "a"), (2, "b"), (2, "c") })
        {
            await _broker.PublishAsync($"$delayed/{delay}/t", payload, Qos0);
        }

        _broker.Clock.Advance(10 * Second);

        Assert.Equal(["a", "b", "c", "d"], receiver.TakeTexts());
    }

    [Fact]
    public async Task Retain_properties_and_expiry_are_those_it_was_published_with()
    {
        var properties = new MessageProperties { ContentType = "text/plain" };
        await _broker.Kept(_broker.Broker.PublishAsync(
            MessageOf("$delayed/60/a", "x", Qos1, retain: true) with { Properties = properties, ExpiresAt = _broker.Clock.GetUtcNow() + 90 * Second }, isOwn: true));
        Assert.Equal(0, _broker.Broker.Snapshot().Retained);

        _broker.Clock.Advance(60 * Second);

        var message = (await _broker.SubscriberAsync("r", "a")).TakeOne().Message!;
        Assert.Same(properties, message.Properties);
        Assert.True(message.Retain);
        Assert.Equal(30 * Second, message.ExpiresAt - _broker.Clock.GetUtcNow());
    }

    [Fact]
    public async Task What_expires_before_its_time_is_counted_and_not_published()
    {
        var receiver = await _broker.SubscriberAsync("r");
        await _broker.Kept(_broker.Broker.PublishAsync(
            MessageOf("$delayed/60/a", qos: Qos1, retain: true) with { ExpiresAt = _broker.Clock.GetUtcNow() + 30 * Second }, isOwn: true));

        _broker.Clock.Advance(60 * Second);
        _broker.Store.Commit();

        Assert.Empty(receiver.Take());
        Assert.Equal(new() { [DropCause.Expired] = 1 }, _broker.Lost);
        Assert.Equal((0, 0), (_broker.Store.DelayedCount, _broker.Broker.Snapshot().Retained));
    }

    [Theory]
    [InlineData(Qos1)]
    [InlineData(Qos2)]
    public async Task A_quality_above_0_is_answered_when_it_is_on_disk(QualityOfService qos)
    {
        var publisher = await _broker.ConnectAsync("p", Hour);

        var answer = publisher.BeginPublish("$delayed/5/a", "x", qos, packetId: qos == Qos2 ? (ushort)1 : (ushort)0);

        Assert.False(answer.IsCompleted);
        _broker.Store.Commit();
        Assert.Equal(PublishOutcome.Accepted, await answer.WaitAsync(Limit, TestContext.Current.CancellationToken));
        Assert.Equal(1, _broker.Store.DelayedCount);
    }

    [Fact]
    public async Task A_repeated_quality_2_message_is_delayed_once_across_a_restart_too()
    {
        var receiver = await _broker.SubscriberAsync("r", expiry: Hour);
        var publisher = await _broker.ConnectAsync("p", Hour);
        await publisher.PublishAsync("$delayed/5/a", "once", Qos2, packetId: 7);
        Assert.Equal(PublishOutcome.Repeated, await publisher.PublishAsync("$delayed/5/a", "once", Qos2, packetId: 7));

        _broker = _broker.Crash();
        publisher = await _broker.ConnectAsync("p", Hour);
        Assert.Equal(PublishOutcome.Repeated, await publisher.PublishAsync("$delayed/5/a", "once", Qos2, packetId: 7));
        receiver = await _broker.ConnectAsync("r", Hour);
        _broker.Clock.Advance(5 * Second);
        _broker.Store.Commit();

        Assert.Equal("once", receiver.TakeOne().Message.Text());
    }

    // A commit between two calls to the store would part what belongs together.
    [Theory]
    [InlineData("Append")]
    [InlineData("SaveDelayed")]
    [InlineData("CommitAsync")]
    public async Task The_message_and_its_exchange_are_kept_together(string call)
    {
        var publisher = await _broker.ConnectAsync("p", Hour);
        _broker.Store.Interrupt(call, _broker.Store.Commit);
        _ = publisher.BeginPublish("$delayed/5/a", "once", Qos2, packetId: 7);

        _broker = _broker.Crash();
        publisher = await _broker.ConnectAsync("p", Hour);
        await publisher.PublishAsync("$delayed/5/a", "once", Qos2, packetId: 7);

        Assert.Equal(1, _broker.Store.DelayedCount);
    }

    [Theory]
    [InlineData("Append")]
    [InlineData("DeleteDelayed")]
    [InlineData("CommitAsync")]
    public async Task A_due_message_moves_to_its_receivers_in_one_step(string call)
    {
        await _broker.SubscriberAsync("r", expiry: Hour);
        await _broker.PublishAsync("$delayed/5/a", "once", Qos2, retain: true);
        _broker.Store.Interrupt(call, _broker.Store.Commit);
        _broker.Clock.Advance(5 * Second);

        _broker = _broker.Crash();
        var receiver = await _broker.ConnectAsync("r", Hour);
        _broker.Store.Commit();

        Assert.Equal("once", receiver.TakeOne().Message.Text());
        Assert.Equal(0, _broker.Store.DelayedCount);
    }

    [Fact]
    public async Task What_came_due_while_the_gateway_was_away_goes_out_at_once_oldest_first_and_once()
    {
        await _broker.SubscriberAsync("r", expiry: Hour);
        foreach (var (delay, payload) in new[] { (30, "b"), (20, "a"), (3_000, "z") })
        {
            await _broker.PublishAsync($"$delayed/{delay}/t", payload, Qos1);
        }

        var store = _broker.Store.Crash();
        _broker.Dispose();
        _broker.Clock.Advance(60 * Second);
        _broker = new TestBroker(store: store, clock: _broker.Clock);
        var receiver = await _broker.ConnectAsync("r", Hour);

        Assert.Equal(["a", "b"], receiver.TakeTexts());
        _broker.Store.Commit();
        Assert.Equal(1, _broker.Store.DelayedCount);
        _broker = _broker.Crash();
        receiver = await _broker.ConnectAsync("r", Hour);
        Assert.Equal(["a", "b"], receiver.TakeTexts());
        _broker.Clock.Advance(Hour);
        _broker.Store.Commit();
        Assert.Equal(["z"], receiver.TakeTexts());
    }

    [Fact]
    public async Task The_number_of_an_earlier_run_is_not_used_again()
    {
        await _broker.SubscriberAsync("r", expiry: Hour);
        await _broker.PublishAsync("$delayed/60/t", "first", Qos1);
        _broker = _broker.Crash();

        await _broker.PublishAsync("$delayed/60/t", "second", Qos1);

        Assert.Equal(2, _broker.Store.DelayedCount);
    }

    [Fact]
    public async Task A_message_that_nobody_receives_is_forgotten_all_the_same()
    {
        await _broker.PublishAsync("$delayed/5/a", qos: Qos1);

        _broker.Clock.Advance(5 * Second);
        _broker.Store.Commit();

        Assert.Equal(0, _broker.Store.DelayedCount);
        Assert.Equal(new() { [DropCause.NoSubscriber] = 1 }, _broker.Lost);
    }

    [Fact]
    public async Task More_messages_than_the_limit_are_refused_until_one_went_out()
    {
        for (var count = 0; count < 5; count++)
        {
            Assert.Equal(PublishOutcome.Accepted, await _broker.PublishAsync($"$delayed/{5 + count}/a", qos: Qos1));
        }

        Assert.Equal(PublishOutcome.QuotaExceeded, await _broker.PublishAsync("$delayed/5/a", qos: Qos1));
        Assert.Equal(1, _broker.Drops.Read(DropCause.Quota));
        _broker.Clock.Advance(5 * Second);
        Assert.Equal(PublishOutcome.Accepted, await _broker.PublishAsync("$delayed/5/a", qos: Qos1));
    }

    [Fact]
    public async Task More_octets_than_the_limit_are_refused()
    {
        Assert.Equal(PublishOutcome.Accepted, await _broker.PublishAsync("$delayed/5/a", new string('x', 900), Qos1));
        Assert.Equal(PublishOutcome.QuotaExceeded, await _broker.PublishAsync("$delayed/5/a", new string('x', 100), Qos1));

        Assert.Equal(new() { [DropCause.Quota] = 1 }, _broker.Lost);
    }

    [Fact]
    public async Task A_clock_that_is_set_is_noticed_within_ten_seconds()
    {
        var receiver = await _broker.SubscriberAsync("r");
        await _broker.PublishAsync("$delayed/3600/a", "x", Qos1);

        _broker.Clock.AdjustTime(_broker.Clock.GetUtcNow() + Hour);
        Assert.Empty(receiver.Take());
        _broker.Clock.Advance(10 * Second);

        Assert.Equal(["x"], receiver.TakeTexts());
    }

    [Fact]
    public async Task A_Will_may_be_delayed()
    {
        var watcher = await _broker.SubscriberAsync("w");
        (await _broker.ConnectAsync("c", will: new WillMessage(MessageOf("$delayed/60/will", "late", Qos1)))).Lose();
        (await _broker.ConnectAsync("d", will: new WillMessage(MessageOf("$delayed/60", "lost", Qos1)))).Lose();
        Assert.Empty(watcher.Take());

        _broker.Clock.Advance(60 * Second);

        Assert.Equal("c", watcher.TakeOne().Message!.Origin);
        Assert.Equal(1, _broker.Drops.Read(DropCause.TopicInvalid));
    }

    [Fact]
    public async Task A_publisher_does_not_get_its_own_delayed_message_when_it_asked_not_to()
    {
        var client = await _broker.ConnectAsync("c");
        await client.SubscribeAsync(new Subscription { Filter = Filter("a"), NoLocal = true });
        await client.PublishAsync("$delayed/5/a");

        _broker.Clock.Advance(5 * Second);

        Assert.Empty(client.Take());
    }

    [Fact]
    public async Task What_is_published_as_due_does_not_overtake_what_is_on_its_way_out()
    {
        using var broker = new TestBroker();
        var receiver = await broker.SubscriberAsync("r", qos: Qos0);
        var due = broker.Clock.GetUtcNow().ToUnixTimeSeconds() + 60;
        for (var number = 0; number < 1_500; number++)
        {
            await broker.PublishAsync($"$delayed/{due}/t", $"{number}", Qos0);
        }

        broker.Clock.Advance(60 * Second);
        await broker.PublishAsync($"$delayed/{due}/t", "1500", Qos0);
        await broker.PublishAsync("$delayed/0/t", "1501", Qos0);
        broker.Clock.Advance(TimeSpan.FromMilliseconds(10));

        Assert.Equal(Enumerable.Range(0, 1_502).Select(number => $"{number}"), receiver.TakeTexts());
    }

    [Fact]
    public async Task Very_many_that_are_due_at_once_go_out_in_rounds_and_in_order()
    {
        using var broker = new TestBroker();
        var receiver = await broker.SubscriberAsync("r", qos: Qos0);
        for (var number = 0; number < 3_500; number++)
        {
            await broker.PublishAsync("$delayed/60/t", $"{number}", Qos0);
        }

        broker.Clock.Advance(60 * Second);
        var received = receiver.TakeTexts().ToList();
        Assert.Equal(1_000, received.Count);
        for (var pause = 0; pause < 3; pause++)
        {
            broker.Clock.Advance(TimeSpan.FromMilliseconds(10));
            received.AddRange(receiver.TakeTexts());
        }

        Assert.Equal(Enumerable.Range(0, 3_500).Select(number => $"{number}"), received);
        Assert.Empty(broker.Lost);
    }
}
