using System.Text;
using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests.Routing;

/// <summary>Who gets a message, and how.</summary>
public sealed class RoutingTests : IDisposable
{
    private readonly TestBroker _broker = new(new BrokerOptions { MaxInflight = 100 });

    public void Dispose() => _broker.Dispose();

    [Theory]
    [InlineData("foo/+/baz", "foo//baz")]
    [InlineData("a/+/b", "a//b")]
    [InlineData("a/#", "a")]
    [InlineData("#", "a/b/c")]
    [InlineData("+/+", "/a")]
    [InlineData("$SYS/#", "$SYS/x")]
    public async Task A_message_reaches_whose_filter_matches(string filter, string topic)
    {
        var subscriber = await _broker.SubscriberAsync("s", filter);

        Assert.Equal(PublishOutcome.Accepted, await _broker.PublishAsync(topic, "hello"));

        Assert.Equal(1, subscriber.Sink.WakeUps);
        Assert.Equal(["hello"], subscriber.TakeTexts());
    }

    [Theory]
    [InlineData("#", "$SYS/x")]
    [InlineData("+/x", "$SYS/x")]
    [InlineData("a/+", "a")]
    [InlineData("a", "a/")]
    public async Task A_message_that_nobody_asked_for_is_counted(string filter, string topic)
    {
        var subscriber = await _broker.SubscriberAsync("s", filter);

        Assert.Equal(PublishOutcome.NoMatchingSubscribers, await _broker.PublishAsync(topic));

        Assert.Empty(subscriber.Take());
        Assert.Equal(1, _broker.Lost[DropCause.NoSubscriber]);
    }

    [Theory]
    [InlineData(Qos0, Qos2, Qos0)]
    [InlineData(Qos1, Qos2, Qos1)]
    [InlineData(Qos2, Qos2, Qos2)]
    [InlineData(Qos2, Qos1, Qos1)]
    [InlineData(Qos2, Qos0, Qos0)]
    [InlineData(Qos1, Qos0, Qos0)]
    public async Task A_receiver_gets_the_lower_of_both_qualities(QualityOfService published, QualityOfService subscribed, QualityOfService expected)
    {
        var subscriber = await _broker.SubscriberAsync("s", "t", subscribed);

        await _broker.PublishAsync("t", qos: published);

        var delivery = subscriber.TakeOne();
        Assert.Equal((expected, expected != Qos0), (delivery.Qos, delivery.PacketId != 0));
        Assert.Equal((DeliveryKind.Publish, false, false), (delivery.Kind, delivery.Dup, delivery.Retain));
    }

    // [MQTT-3.3.4-2], [MQTT-3.3.4-3], [MQTT-3.3.4-4]
    [Fact]
    public async Task Overlapping_subscriptions_give_one_copy_at_the_highest_quality_with_every_identifier()
    {
        var subscriber = await _broker.ConnectAsync("s");
        await subscriber.SubscribeAsync(
            new Subscription { Filter = Filter("a/#"), MaximumQos = Qos0, Identifier = 1 },
            new Subscription { Filter = Filter("a/+"), MaximumQos = Qos2, Identifier = 268_435_455 },
            new Subscription { Filter = Filter("a/b"), MaximumQos = Qos1, Identifier = 3 },
            new Subscription { Filter = Filter("#"), MaximumQos = Qos1 });
        var other = await _broker.SubscriberAsync("other", "+/b", Qos1);

        await _broker.PublishAsync("a/b", qos: Qos2);

        var delivery = subscriber.TakeOne();
        Assert.Equal(Qos2, delivery.Qos);
        Assert.Equal([1u, 3u, 268_435_455u], delivery.SubscriptionIdentifiers!.Order());
        Assert.Null(other.TakeOne().SubscriptionIdentifiers);
    }

    [Fact]
    public async Task Without_an_identifier_there_is_none_in_the_delivery()
    {
        var subscriber = await _broker.SubscriberAsync("s", "a/#");
        await subscriber.SubscribeAsync("a/b");

        await _broker.PublishAsync("a/b");

        Assert.Null(subscriber.TakeOne().SubscriptionIdentifiers);
    }

    [Fact]
    public async Task Subscribing_again_replaces_the_subscription()
    {
        var subscriber = await _broker.ConnectAsync("s");
        await subscriber.SubscribeAsync(new Subscription { Filter = Filter("t"), MaximumQos = Qos2, Identifier = 1 });
        await subscriber.SubscribeAsync(new Subscription { Filter = Filter("t"), MaximumQos = Qos1, Identifier = 2 });

        await _broker.PublishAsync("t", qos: Qos2);

        var delivery = subscriber.TakeOne();
        Assert.Equal((Qos1, 2u), (delivery.Qos, Assert.Single(delivery.SubscriptionIdentifiers!)));
        Assert.Equal(2u, Assert.Single(subscriber.Session.Subscriptions).Identifier);
    }

    // [MQTT-3.8.4-4]
    [Fact]
    public async Task Subscribing_again_loses_nothing_that_waits_or_is_on_its_way()
    {
        var subscriber = await _broker.SubscriberAsync("s", "t", Qos1, window: 1);
        await _broker.PublishAsync("t", "1", Qos1);
        await _broker.PublishAsync("t", "2", Qos1);
        var first = subscriber.TakeOne();

        await subscriber.SubscribeAsync("t", Qos2);
        await _broker.PublishAsync("t", "3", Qos2);
        subscriber.PubAck(first.PacketId);
        var second = subscriber.TakeOne();
        subscriber.PubAck(second.PacketId);

        Assert.Equal((("1", Qos1), ("2", Qos1), "3"), ((first.Message.Text(), first.Qos), (second.Message.Text(), second.Qos), subscriber.TakeOne().Message.Text()));
    }

    // [MQTT-3.8.3-3]
    [Fact]
    public async Task No_Local_keeps_a_client_s_own_messages_from_it_and_from_it_only()
    {
        var one = await _broker.ConnectAsync("one");
        var other = await _broker.ConnectAsync("other");
        foreach (var client in new[] { one, other })
        {
            await client.SubscribeAsync(new Subscription { Filter = Filter("t"), NoLocal = true });
        }

        Assert.Equal(PublishOutcome.Accepted, await one.PublishAsync("t", "from one"));

        Assert.Empty(one.Take());
        Assert.Equal(["from one"], other.TakeTexts());
    }

    [Fact]
    public async Task No_Local_holds_for_its_own_subscription_not_for_another_that_overlaps()
    {
        var client = await _broker.ConnectAsync("c");
        await client.SubscribeAsync(
            new Subscription { Filter = Filter("t"), MaximumQos = Qos2, NoLocal = true, Identifier = 1 },
            new Subscription { Filter = Filter("#"), MaximumQos = Qos1, Identifier = 2 });

        await client.PublishAsync("t", qos: Qos2);

        var delivery = client.TakeOne();
        Assert.Equal((Qos1, 2u), (delivery.Qos, Assert.Single(delivery.SubscriptionIdentifiers!)));
    }

    [Fact]
    public async Task A_message_only_its_publisher_would_get_with_No_Local_has_no_subscriber()
    {
        var client = await _broker.ConnectAsync("c");
        await client.SubscribeAsync(new Subscription { Filter = Filter("t"), NoLocal = true });

        Assert.Equal(PublishOutcome.NoMatchingSubscribers, await client.PublishAsync("t"));
        Assert.Equal(1, _broker.Lost[DropCause.NoSubscriber]);
    }

    [Fact]
    public async Task The_origin_is_who_published_whatever_the_message_says()
    {
        var client = await _broker.SubscriberAsync("c", "t");

        await client.PublishAsync(MessageOf("t") with { Origin = "somebody else" });

        Assert.Equal("c", client.TakeOne().Message!.Origin);
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    public async Task The_RETAIN_flag_of_a_live_message_stays_only_where_Retain_As_Published_asks_for_it(bool published, bool asked, bool expected)
    {
        var subscriber = await _broker.ConnectAsync("s");
        await subscriber.SubscribeAsync(new Subscription { Filter = Filter("t"), RetainAsPublished = asked });

        await _broker.PublishAsync("t", retain: published);

        Assert.Equal(expected, subscriber.TakeOne().Retain);
    }

    [Fact]
    public async Task Properties_and_expiry_travel_unaltered()
    {
        var subscriber = await _broker.SubscriberAsync("s");
        var publisher = await _broker.ConnectAsync("p");
        var message = MessageOf("t") with
        {
            ExpiresAt = _broker.Clock.GetUtcNow() + Hour,
            Properties = new MessageProperties { ContentType = "text/plain", CorrelationData = Encoding.UTF8.GetBytes("7"), UserProperties = [new("k", "v"), new("k", "w")] },
        };

        await publisher.PublishAsync(message);

        Assert.Equal(message with { Origin = "p" }, subscriber.TakeOne().Message);
    }

    [Fact]
    public async Task Nothing_comes_after_the_subscription_ended()
    {
        var subscriber = await _broker.SubscriberAsync("s", "t");

        // It is the very filter or it is none ([MQTT-3.10.4-1]).
        Assert.Equal(new[] { false, false, false, false }.AsEnumerable(), await subscriber.UnsubscribeAsync("+", "#", "T", "t/#"));
        await _broker.PublishAsync("t");
        subscriber.TakeOne();

        Assert.Equal(new[] { true, false }.AsEnumerable(), await subscriber.UnsubscribeAsync("t", "never/there"));

        Assert.Equal(PublishOutcome.NoMatchingSubscribers, await _broker.PublishAsync("t"));
        Assert.Empty(subscriber.Take());
        Assert.Equal(new[] { false }.AsEnumerable(), await subscriber.UnsubscribeAsync("t"));
    }

    // [MQTT-3.8.4-6]; another broker answered in the order of the qualities.
    [Fact]
    public async Task Answers_to_subscriptions_keep_their_order()
    {
        var client = await _broker.ConnectAsync("c");

        var outcomes = await client.SubscribeAsync(
            new Subscription { Filter = Filter("a"), MaximumQos = Qos0 },
            new Subscription { Filter = Filter("$share//x"), MaximumQos = Qos2 },
            new Subscription { Filter = Filter("b"), MaximumQos = Qos2 },
            new Subscription { Filter = Filter("c"), MaximumQos = Qos1 });

        Assert.Equal([SubscribeOutcome.GrantedQos0, SubscribeOutcome.FilterInvalid, SubscribeOutcome.GrantedQos2, SubscribeOutcome.GrantedQos1], outcomes);
        Assert.Equal(3, client.Session.Subscriptions.Count);
    }

    [Fact]
    public async Task Messages_of_one_publisher_keep_their_order_at_each_quality()
    {
        var subscriber = await _broker.SubscriberAsync("s");
        var publisher = await _broker.ConnectAsync("p");
        for (var i = 0; i < 100; i++)
        {
            await publisher.PublishAsync("t", $"{i}", (QualityOfService)(i % 3));
        }

        var taken = subscriber.Take(room: 7);

        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), taken.Select(delivery => delivery.Message.Text()));
    }

    [Fact]
    public async Task A_receiver_is_woken_once_until_it_took_all()
    {
        var subscriber = await _broker.SubscriberAsync("s");
        await _broker.PublishAsync("t", "1");
        await _broker.PublishAsync("t", "2", Qos1);
        Assert.Equal(1, subscriber.Sink.WakeUps);

        var one = new Delivery[1];
        Assert.Equal(1, subscriber.Session.Take(one));
        await _broker.PublishAsync("t", "3");
        Assert.Equal(1, subscriber.Sink.WakeUps);

        Assert.Equal(["2", "3"], subscriber.TakeTexts());
        await _broker.PublishAsync("t", "4");
        Assert.Equal(2, subscriber.Sink.WakeUps);
    }

    [Fact]
    public async Task A_sink_may_publish_while_it_is_told()
    {
        var echo = new EchoSink();
        var outcome = await _broker.Broker.ConnectAsync(new ConnectRequest { ClientId = "echo" }, echo);
        echo.Session = outcome.Session;
        await outcome.Session!.SubscribeAsync([new Subscription { Filter = Filter("ask") }, new Subscription { Filter = Filter("+"), NoLocal = true }]);
        var subscriber = await _broker.SubscriberAsync("s", "answer");
        var asker = await _broker.SubscriberAsync("s2", "ask");

        await _broker.PublishAsync("ask", "1");

        Assert.Equal(["echo of 1"], subscriber.TakeTexts());
        Assert.Equal(["1"], asker.TakeTexts());
    }

    // Another broker copied the list of all sessions for each message.
    [Fact]
    public async Task Sessions_that_do_not_match_cost_a_message_nothing()
    {
        var subscriber = await _broker.SubscriberAsync("s", "t", Qos0);
        var alone = BytesPerMessage(subscriber);
        for (var i = 0; i < 2_000; i++)
        {
            await _broker.SubscriberAsync($"idle{i}", $"idle/{i}/+");
        }

        Assert.InRange(BytesPerMessage(subscriber), 0, alone + 16);
    }

    private long BytesPerMessage(TestClient subscriber)
    {
        var message = MessageOf("t");
        var room = new Delivery[8];
        return Allocations.PerCall(() =>
        {
            AssertAtOnce(_broker.Broker.PublishAsync(message, isOwn: true));
            subscriber.Session.Take(room);
        });

        static void AssertAtOnce(ValueTask<PublishOutcome> published) => Assert.True(published.IsCompletedSuccessfully);
    }

    private sealed class EchoSink : IDeliverySink
    {
        public IBrokerSession? Session { get; set; }

        public void OnDeliveriesWaiting()
        {
            var room = new Delivery[4];
            for (var taken = Session!.Take(room); taken > 0; taken = Session.Take(room))
            {
                foreach (var delivery in room.AsSpan(0, taken))
                {
                    Assert.True(Session.PublishAsync(MessageOf("answer", $"echo of {delivery.Message.Text()}")).AsTask().IsCompletedSuccessfully);
                }
            }
        }

        public void OnDetached(DetachReason reason) => Session = null;
    }
}
