using CsCheck;
using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests.Retained;

/// <summary>Retained messages (MQTT 5.0 §3.3.1.3).</summary>
public sealed class RetainedTests : IDisposable
{
    private readonly TestBroker _broker = new();

    public void Dispose() => _broker.Dispose();

    [Fact]
    public async Task A_new_subscriber_gets_the_last_retained_message_with_the_RETAIN_flag_and_its_identifier()
    {
        await _broker.PublishAsync("a/b", "old", Qos1, retain: true);
        await _broker.PublishAsync("a/b", "new", Qos1, retain: true);
        await _broker.PublishAsync("a/b", "not retained", Qos1);
        var subscriber = await _broker.ConnectAsync("s");

        await subscriber.SubscribeAsync(new Subscription { Filter = Filter("a/+"), MaximumQos = Qos2, Identifier = 7 });

        Assert.Equal(1, subscriber.Sink.WakeUps);
        var delivery = subscriber.TakeOne();
        Assert.Equal(("new", true, Qos1, false), (delivery.Message.Text(), delivery.Retain, delivery.Qos, delivery.Dup));
        Assert.Equal([7u], delivery.SubscriptionIdentifiers!);
    }

    // [MQTT-3.3.1-8]
    [Fact]
    public async Task Without_RETAIN_nothing_is_stored_replaced_or_cleared()
    {
        await _broker.PublishAsync("kept", "1", retain: true);

        await _broker.PublishAsync("kept", "2", Qos1);
        await _broker.PublishAsync("kept", "", Qos1);
        await _broker.PublishAsync("other", "3", Qos2);

        Assert.Equal(["1"], (await _broker.SubscriberAsync("s")).TakeTexts());
        Assert.Equal(1, _broker.Broker.Snapshot().Retained);
    }

    [Fact]
    public async Task A_subscriber_who_is_there_already_gets_it_without_the_flag()
    {
        var subscriber = await _broker.SubscriberAsync("s");

        await _broker.PublishAsync("a", retain: true);

        Assert.False(subscriber.TakeOne().Retain);
    }

    [Fact]
    public async Task An_empty_payload_clears_and_is_forwarded()
    {
        await _broker.PublishAsync("a", "1", retain: true);
        var present = await _broker.SubscriberAsync("present");
        present.TakeOne();

        await _broker.PublishAsync("a", "", retain: true);

        Assert.Equal([""], present.TakeTexts());
        Assert.Empty((await _broker.SubscriberAsync("late")).Take());
        Assert.Equal(0, _broker.Broker.Snapshot().Retained);
    }

    [Fact]
    public async Task An_empty_payload_where_nothing_is_retained_leaves_nothing_behind()
    {
        await _broker.PublishAsync("never/there", "", retain: true);

        Assert.Equal(0, _broker.Broker.Snapshot().Retained);
        Assert.Empty((await _broker.SubscriberAsync("s")).Take());
    }

    // Another broker kept the old one when only properties had changed.
    [Fact]
    public async Task The_same_payload_with_other_properties_replaces_the_retained_message()
    {
        var message = MessageOf("a", "same", retain: true) with { Properties = new MessageProperties { ContentType = "1" } };
        await _broker.Broker.PublishAsync(message, isOwn: true);
        await _broker.Broker.PublishAsync(message with { Properties = new MessageProperties { ContentType = "2" } }, isOwn: true);

        Assert.Equal("2", (await _broker.SubscriberAsync("s")).TakeOne().Message!.Properties!.ContentType);
    }

    [Theory]
    [InlineData(RetainHandling.Send, 1, 1)]
    [InlineData(RetainHandling.SendIfNew, 1, 0)]
    [InlineData(RetainHandling.DoNotSend, 0, 0)]
    public async Task Retain_Handling_says_when_they_are_sent(RetainHandling handling, int whenNew, int whenRepeated)
    {
        await _broker.PublishAsync("a", retain: true);
        var subscriber = await _broker.ConnectAsync("s");
        var subscription = new Subscription { Filter = Filter("a"), RetainHandling = handling };

        await subscriber.SubscribeAsync(subscription);
        Assert.Equal(whenNew, subscriber.Take().Count);

        await subscriber.SubscribeAsync(subscription);
        Assert.Equal(whenRepeated, subscriber.Take().Count);

        await subscriber.UnsubscribeAsync("a");
        await subscriber.SubscribeAsync(subscription);
        Assert.Equal(whenNew, subscriber.Take().Count);
    }

    // [MQTT-3.8.3-3]; a bridge would send back what it brought.
    [Fact]
    public async Task No_Local_holds_for_retained_messages_too()
    {
        var client = await _broker.ConnectAsync("c");
        await client.PublishAsync("a", "mine", retain: true);
        await _broker.PublishAsync("b", "not mine", retain: true);

        await client.SubscribeAsync(new Subscription { Filter = Filter("#"), NoLocal = true });

        Assert.Equal(["not mine"], client.TakeTexts());
    }

    [Fact]
    public async Task An_expired_message_is_not_sent_and_is_let_go()
    {
        await _broker.Kept(_broker.Broker.PublishAsync(
            MessageOf("a", "short", Qos1, retain: true) with { ExpiresAt = _broker.Clock.GetUtcNow() + TimeSpan.FromSeconds(10) }, isOwn: true));
        Assert.Equal(1, _broker.Store.RetainedCount);
        _broker.Clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Single((await _broker.SubscriberAsync("in time", "a")).Take());

        _broker.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Empty((await _broker.SubscriberAsync("late", "a")).Take());
        _broker.Store.Commit();
        Assert.Equal((0, 0), (_broker.Broker.Snapshot().Retained, _broker.Store.RetainedCount));
    }

    [Fact]
    public async Task Expired_messages_that_nobody_asks_for_do_not_pile_up()
    {
        for (var i = 0; i < 20_000; i++)
        {
            await _broker.Broker.PublishAsync(
                MessageOf($"event/{i}", retain: true) with { ExpiresAt = _broker.Clock.GetUtcNow() + TimeSpan.FromSeconds(10) }, isOwn: true);
            _broker.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        _broker.Store.Commit();
        Assert.InRange(_broker.Broker.Snapshot().Retained, 10, 20);
        Assert.InRange(_broker.Store.RetainedCount, 10, 20);
    }

    [Theory]
    [InlineData("#", new[] { "a", "a/b", "a/b/c", "b//c" })]
    [InlineData("+", new[] { "a" })]
    [InlineData("a/#", new[] { "a", "a/b", "a/b/c" })]
    [InlineData("a/+", new[] { "a/b" })]
    [InlineData("+/+/c", new[] { "a/b/c", "b//c" })]
    [InlineData("b/+/c", new[] { "b//c" })]
    [InlineData("$SYS/#", new[] { "$SYS/x" })]
    [InlineData("+/x", new string[0])]
    [InlineData("a/b/c/#", new[] { "a/b/c" })]
    [InlineData("c", new string[0])]
    public async Task A_wildcard_gets_every_topic_it_matches_and_no_other(string filter, string[] expected)
    {
        foreach (var topic in new[] { "a", "a/b", "a/b/c", "b//c", "$SYS/x" })
        {
            await _broker.PublishAsync(topic, retain: true);
        }

        var subscriber = await _broker.SubscriberAsync("s", filter);

        Assert.Equal(expected.Order(), subscriber.Take().Select(delivery => delivery.Message!.Topic.ToString()).Order());
    }

    [Fact]
    public void Finds_what_matching_every_topic_one_by_one_finds() =>
        Gen.Select(Gen.OneOf("a", "b", "", "$x").List[1, 4].List[0, 20], Gen.OneOf("a", "b", "", "$x", "+").List[1, 4], Gen.Bool).Sample((topics, levels, endsInHash) =>
        {
            if (!TopicFilter.TryParse(string.Join('/', endsInHash ? levels.Append("#") : levels), out var filter))
            {
                return;
            }

            var retained = new LocalBroker.Retained.RetainedMessages(_broker.Clock, LocalBroker.Retained.RetainedLimits.None);
            var names = topics.Select(parts => string.Join('/', parts)).Where(text => text.Length > 0).Distinct().Select(Topic).ToList();
            foreach (var name in names)
            {
                retained.Restore(MessageOf(name.ToString(), retain: true));
            }

            Assert.Equal(names.Count, retained.Count);
            Assert.Equal(
                names.Where(filter.Matches).Select(name => name.ToString()).Order(),
                retained.Match(filter, []).Select(message => message.Topic.ToString()).Order());
        });

    [Fact]
    public async Task A_retained_message_above_quality_0_is_accepted_when_it_is_on_disk()
    {
        var publisher = await _broker.ConnectAsync("p");

        var outcome = publisher.BeginPublish("a", "1", Qos1, retain: true);
        Assert.False(outcome.IsCompleted);
        _broker.Store.Commit();

        Assert.Equal(PublishOutcome.NoMatchingSubscribers, await outcome.WaitAsync(Limit, TestContext.Current.CancellationToken));
        using var restarted = _broker.Crash();
        Assert.Equal(["1"], (await restarted.SubscriberAsync("s")).TakeTexts());
    }

    [Fact]
    public async Task A_cleared_message_stays_cleared_after_a_restart()
    {
        await _broker.PublishAsync("a", "1", Qos1, retain: true);
        await _broker.PublishAsync("b", "2", Qos1, retain: true);
        await _broker.PublishAsync("a", "", Qos1, retain: true);

        using var restarted = _broker.Crash();

        Assert.Equal(["2"], (await restarted.SubscriberAsync("s")).TakeTexts());
    }

    [Fact]
    public async Task What_the_gateway_says_of_itself_is_not_written()
    {
        await _broker.PublishAsync("$SYS/broker/uptime", "1 seconds", retain: true);
        _broker.Store.Commit();

        Assert.Equal(0, _broker.Store.RetainedCount);
        Assert.Equal(["1 seconds"], (await _broker.SubscriberAsync("s", "$SYS/#")).TakeTexts());
    }

    // Memory and disk must not disagree on which of two messages was the last.
    [Fact]
    public async Task After_publishes_at_the_same_time_the_disk_has_what_the_memory_has()
    {
        for (var round = 0; round < 200; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 4).Select(number => Task.Run(
                () => _broker.Broker.PublishAsync(MessageOf("t", $"{round}.{number}", retain: true), isOwn: true).AsTask(),
                TestContext.Current.CancellationToken)));
            _broker.Store.Commit();
            var subscriber = await _broker.SubscriberAsync("s", "t");

            Assert.Equal(subscriber.TakeOne().Message, Assert.Single(_broker.Store.Load().Retained));
            subscriber.Disconnect();
        }
    }
}
