using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Protocols.Coap.Codec;

namespace Edge.Protocols.Coap.Tests;

/// <summary>Observations of topics (RFC 7641).</summary>
public sealed class ObserveTests
{
    private readonly EndPoint _device = EndPoint.Connected();

    [Theory]
    [InlineData(true, "ps/a", 1), InlineData(false, "ps/a", 0), InlineData(true, "ps/a?q=2", 2), InlineData(false, "ps/a?qos=1", 1)]
    public void An_observation_subscribes_and_is_answered_with_what_is_there(bool confirmable, string uri, int qos)
    {
        _device.Retained["a"] = EndPoint.Message("a", "21");
        _device.Asks("GET", uri, confirmable: confirmable, options: (OptionNumber.Observe, 0));
        Assert.Equal([$"subscribe a QoS {qos}"], _device.Asked);

        _device.BrokerSubscribed();

        Assert.Equal([$"{(confirmable ? "ACK" : "NON")} 2.05 AB Observe=1 «21»"], _device.Asked);
    }

    [Theory]
    [InlineData("ps/a?nl=1", true, RetainHandling.DoNotSend, "«21»"), InlineData("ps/a?rh=2", false, RetainHandling.DoNotSend, "")]
    [InlineData("ps/+?rh=2", false, RetainHandling.DoNotSend, ""), InlineData("ps/+?rh=0", false, RetainHandling.Send, "")]
    public void Its_own_messages_and_what_is_retained_may_be_left_out(string uri, bool noLocal, RetainHandling handling, string body)
    {
        _device.Retained["a"] = EndPoint.Message("a", "21");
        var answer = Observing(uri);

        Assert.Equal((noLocal, handling), (_device.Subscription!.NoLocal, _device.Subscription.RetainHandling));
        Assert.EndsWith(body.Length == 0 ? "Observe=1" : body, answer, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nothing_is_retained_the_answer_is_empty_and_the_observation_there() => Assert.Equal("ACK 2.05 AB Observe=1", Observing("ps/a"));

    [Theory]
    [InlineData(SubscribeOutcome.NotAuthorized, "4.01"), InlineData(SubscribeOutcome.FilterInvalid, "4.00"), InlineData(SubscribeOutcome.QuotaExceeded, "4.29")]
    public void An_observation_that_is_refused_is_none(SubscribeOutcome outcome, string code)
    {
        _device.Asks("GET", "ps/a", options: (OptionNumber.Observe, 0));
        _ = _device.Asked;

        _device.BrokerSubscribed(outcome);

        var answer = Assert.Single(_device.Asked);
        Assert.StartsWith($"ACK {code} AB", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Observe", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_message_is_a_notification_that_is_acknowledged_before_the_next()
    {
        Observing("ps/a");
        _device.BrokerDelivers("a", "1", packetId: 7);
        Assert.Equal(["CON 2.05 AB Observe=2 «1»"], _device.Asked);
        Assert.False(_device.Peer.WantsDelivery);

        _device.Answers(CoapType.Acknowledgement);

        Assert.Equal(["acknowledge 7 PubAck"], _device.Asked);
        Assert.True(_device.Peer.WantsDelivery);
        Assert.DoesNotContain(PeerTimer.Retry, _device.Timers);
    }

    [Fact]
    public void At_QoS_2_the_broker_is_told_all_of_it_and_at_QoS_0_nothing_is_awaited()
    {
        Observing("ps/a");
        _device.BrokerDelivers("a", "1", qos: 2, packetId: 7);
        _device.Answers(CoapType.Acknowledgement);
        _device.BrokerReleases(7);
        Assert.Equal(["CON 2.05 AB Observe=2 «1»", "acknowledge 7 PubRec", "acknowledge 7 PubComp"], _device.Asked);

        _device.BrokerDelivers("a", "2", qos: 0);

        Assert.Equal(["NON 2.05 AB Observe=3 «2»"], _device.Asked);
        Assert.True(_device.Peer.WantsDelivery);
    }

    [Fact]
    public void Who_observes_many_topics_is_told_which_it_is()
    {
        Observing("ps/plant/#");
        Assert.Equal(RetainHandling.Send, _device.Subscription!.RetainHandling);

        _device.BrokerDelivers("plant/7/temperature", "21", qos: 0);

        Assert.Equal(["NON 2.05 AB Observe=2 LocationPath=ps LocationPath=plant LocationPath=7 LocationPath=temperature «21»"], _device.Asked);
    }

    [Theory, InlineData(255, false), InlineData(256, true)]
    public void A_topic_that_cannot_be_named_is_counted(int length, bool isDiscarded)
    {
        Observing("ps/#");
        var topic = new string('ä', length / 2) + (length % 2 == 0 ? "" : "x");

        _device.BrokerDelivers(topic, "1", packetId: 7);

        Assert.Equal(isDiscarded, _device.Asked.Contains("discard 7 Oversize"));
        _device.BrokerDelivers(string.Join('/', Enumerable.Repeat("", 513)), "1", packetId: 8);
    }

    [Theory, InlineData(0), InlineData(1)]
    public void A_Reset_ends_the_observation(int qos)
    {
        Observing("ps/a");
        _device.BrokerDelivers("a", "1", qos, packetId: 7);
        _ = _device.Asked;

        _device.Answers(CoapType.Reset);

        Assert.Equal(qos == 0 ? ["unsubscribe a"] : ["discard 7 Refused", "unsubscribe a"], _device.Asked);
        Assert.True(_device.Peer.WantsDelivery);
    }

    [Fact]
    public void Who_never_acknowledges_is_gone()
    {
        Observing("ps/a");
        _device.BrokerDelivers("a", "1");
        for (var i = 0; i < 4; i++)
        {
            _device.TimeIsUp(PeerTimer.Retry);
        }

        _ = _device.Asked;

        _device.TimeIsUp(PeerTimer.Retry);

        Assert.Equal(["part"], _device.Asked);
        Assert.Equal([PeerTimer.KeepAlive], _device.Timers.Keys); // Its Message IDs are still known.
    }

    [Fact]
    public void Deregistering_is_a_GET_and_what_is_on_its_way_is_counted()
    {
        Observing("ps/a");
        _device.Retained["a"] = EndPoint.Message("a", "21");
        _device.Asks("GET", "ps/a", options: (OptionNumber.Observe, 1));
        Assert.Equal(["unsubscribe a"], _device.Asked);

        _device.BrokerUnsubscribed();
        _device.BrokerDelivers("a", "late", packetId: 9);

        Assert.Equal(["ACK 2.05 AB ETag=* MaxAge=0 «21»", "discard 9 Refused"], _device.Asked);
    }

    [Fact]
    public void Asked_for_again_by_another_Token_it_is_that_one_that_is_notified()
    {
        Observing("ps/a");
        _device.Asks("GET", "ps/a", token: "CD", options: (OptionNumber.Observe, 0));
        _device.BrokerDelivers("a", "1", qos: 0);

        Assert.Equal(["ACK 2.05 CD Observe=2", "NON 2.05 CD Observe=3 «1»"], _device.Asked);
    }

    [Fact]
    public void Ending_it_by_the_Token_of_before_ends_nothing()
    {
        Observing("ps/a");
        _device.Asks("GET", "ps/a", token: "CD", options: (OptionNumber.Observe, 0));
        _device.Asks("GET", "ps/a", token: "AB", options: (OptionNumber.Observe, 1));
        _ = _device.Asked;

        _device.BrokerDelivers("a", "1", qos: 0);

        Assert.Equal(["NON 2.05 CD Observe=3 «1»"], _device.Asked);
    }

    [Fact]
    public void A_message_that_several_observations_are_of_is_told_to_each_and_acknowledged_to_the_broker_once()
    {
        Observing("ps/a");
        var first = _device.Subscription!.Identifier;
        _device.Asks("GET", "ps/+", token: "CD", options: (OptionNumber.Observe, 0));
        _device.BrokerSubscribed();
        _ = _device.Asked;

        _device.Peer.OnDelivery(
            new Delivery(DeliveryKind.Publish, 7, EndPoint.Message("a", "1"), QualityOfService.AtLeastOnce, false, false, [first, _device.Subscription.Identifier]), _device);
        _device.Answers(CoapType.Acknowledgement);
        _device.Answers(CoapType.Acknowledgement);

        Assert.Equal(["CON 2.05 AB Observe=3 «1»", "acknowledge 7 PubAck", "CON 2.05 CD Observe=4 LocationPath=ps LocationPath=a «1»"], _device.Asked);
    }

    [Fact]
    public void A_Reset_of_an_earlier_notification_ends_the_observation_too()
    {
        Observing("ps/a?qos=0");
        for (var number = 0; number < 10; number++)
        {
            _device.BrokerDelivers("a", $"{number}", qos: 0);
        }

        _ = _device.Asked;

        _device.Says([0x70, 0, _device.Sent[^8][2], _device.Sent[^8][3]]);

        Assert.Equal(["unsubscribe a"], _device.Asked);
    }

    [Fact]
    public void Nobody_takes_the_place_of_an_observer_by_its_address()
    {
        Observing("ps/a");
        _device.Asks("POST", "ps/a?c=other", "1");
        Assert.Equal(["ACK 4.01 AB «another client observes from here»"], _device.Asked);

        _device.BrokerDelivers("a", "1", qos: 0);

        Assert.Equal(["NON 2.05 AB Observe=2 «1»"], _device.Asked);
    }

    [Fact]
    public void Asked_for_again_with_another_QoS_it_is_subscribed_to_anew_and_the_order_goes_on()
    {
        Observing("ps/a");
        _device.Asks("GET", "ps/a?qos=0", options: (OptionNumber.Observe, 0));
        _device.BrokerSubscribed(SubscribeOutcome.GrantedQos0);

        Assert.Equal(["subscribe a QoS 0", "ACK 2.05 AB Observe=2"], _device.Asked);
    }

    [Fact]
    public void While_nothing_is_acknowledged_the_latest_value_takes_the_place_of_those_before()
    {
        Observing("ps/a");
        _device.BrokerDelivers("a", "1", packetId: 1);
        Assert.False(_device.Peer.WantsDelivery);
        _device.TimeIsUp(PeerTimer.Retry);
        Assert.True(_device.Peer.WantsDelivery);
        _device.BrokerDelivers("a", "2", packetId: 2);
        _device.BrokerDelivers("a", "3", packetId: 3);
        Assert.Equal(["CON 2.05 AB Observe=2 «1»", "CON 2.05 AB Observe=2 «1»", "discard 1 Superseded", "discard 2 Superseded"], _device.Asked);

        _device.TimeIsUp(PeerTimer.Retry);
        Assert.Equal(["CON 2.05 AB Observe=4 «3»"], _device.Asked);
        Assert.Equal(8, _device.Timers[PeerTimer.Retry].TotalSeconds, tolerance: 4);
        _device.Answers(CoapType.Acknowledgement);

        Assert.Equal(["acknowledge 3 PubAck"], _device.Asked);
        Assert.True(_device.Peer.WantsDelivery);
    }

    [Fact]
    public void When_the_value_that_was_replaced_is_acknowledged_after_all_the_later_one_goes_at_once()
    {
        Observing("ps/a");
        _device.BrokerDelivers("a", "1", packetId: 1);
        _device.TimeIsUp(PeerTimer.Retry);
        _device.BrokerDelivers("a", "2", packetId: 2);
        _ = _device.Asked;

        _device.Answers(CoapType.Acknowledgement);
        Assert.Equal(["CON 2.05 AB Observe=3 «2»"], _device.Asked);
        _device.Answers(CoapType.Acknowledgement);

        Assert.Equal(["acknowledge 2 PubAck"], _device.Asked);
    }

    [Theory, InlineData("ps/a?qos=1"), InlineData("ps/+")]
    public void Who_asks_for_a_QoS_or_observes_many_gets_every_message(string uri)
    {
        Observing(uri);
        _device.BrokerDelivers("a", "1", packetId: 1);
        _device.TimeIsUp(PeerTimer.Retry);
        for (ushort packetId = 2; _device.Peer.WantsDelivery; packetId++)
        {
            _device.BrokerDelivers("a", $"{packetId}", packetId: packetId);
        }

        _ = _device.Asked;
        for (var packetId = 1; packetId <= 16; packetId++)
        {
            _device.Answers(CoapType.Acknowledgement);
            var asked = _device.Asked;
            Assert.Equal($"acknowledge {packetId} PubAck", asked[0]);
            Assert.True(packetId == 16 ? asked is [_] : asked[1].EndsWith($"«{packetId + 1}»", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Who_is_not_heard_for_long_has_to_acknowledge_the_next_notification_and_after_a_day_a_ping()
    {
        Observing("ps/a?qos=0");
        _device.TimeIsUp(PeerTimer.KeepAlive);
        _device.BrokerDelivers("a", "1", qos: 0);
        _device.TimeIsUp(PeerTimer.KeepAlive);
        _device.BrokerDelivers("a", "2", qos: 0);
        _device.Answers(CoapType.Acknowledgement);
        _device.BrokerDelivers("a", "3", qos: 0);
        Assert.Equal(["NON 2.05 AB Observe=2 «1»", "CON 2.05 AB Observe=3 «2»", "NON 2.05 AB Observe=4 «3»"], _device.Asked);

        string[] asked = [];
        var hours = 0.0;
        for (; asked is []; asked = _device.Asked)
        {
            hours += _device.Timers[PeerTimer.KeepAlive].TotalHours;
            _device.TimeIsUp(PeerTimer.KeepAlive);
        }

        Assert.Equal(["CON"], asked);
        Assert.Equal(24, hours, tolerance: 0.2);
        _device.Answers(CoapType.Reset);
        Assert.Empty(_device.Asked);
        Assert.DoesNotContain(PeerTimer.Retry, _device.Timers);
    }

    [Fact]
    public void Once_in_a_day_a_notification_is_to_be_acknowledged_also_by_who_is_heard()
    {
        Observing("ps/a?qos=0");
        var confirmable = 0;
        for (var turn = 0; turn < 700; turn++)
        {
            _device.Says("4000 FFFF"); // A ping of its own.
            _device.TimeIsUp(PeerTimer.KeepAlive);
            _ = _device.Asked;
            _device.BrokerDelivers("a", "1", qos: 0);
            if (Assert.Single(_device.Asked).StartsWith("CON", StringComparison.Ordinal))
            {
                confirmable++;
                _device.Answers(CoapType.Acknowledgement);
            }
        }

        Assert.Equal(2, confirmable); // 48 hours.
    }

    [Theory]
    [InlineData(NotificationType.Confirmable, 0, "CON"), InlineData(NotificationType.NonConfirmable, 1, "NON"), InlineData(NotificationType.ByQos, 1, "CON"), InlineData(NotificationType.ByQos, 0, "NON")]
    public void By_which_message_is_for_the_gateway_to_say(NotificationType type, int qos, string expected)
    {
        var device = EndPoint.Connected(new CoapOptions { Notify = type });
        device.Asks("GET", "ps/a", options: (OptionNumber.Observe, 0));
        device.BrokerSubscribed();
        _ = device.Asked;

        device.BrokerDelivers("a", "1", qos, packetId: 7);

        Assert.Equal(expected == "NON" && qos > 0 ? [$"{expected} 2.05 AB Observe=2 «1»", "acknowledge 7 PubAck"] : [$"{expected} 2.05 AB Observe=2 «1»"], device.Asked);
    }

    [Theory]
    [InlineData(DetachReason.TakenOver, "5.03"), InlineData(DetachReason.ShuttingDown, "5.03"), InlineData(DetachReason.Administrative, "4.01")]
    public void Who_loses_its_session_is_told_that_nothing_will_follow(DetachReason reason, string code)
    {
        Observing("ps/a");
        _device.Asks("POST", "ps/b");
        _ = _device.Asked;

        _device.Peer.OnDetached(reason, _device);

        var asked = _device.Asked;
        Assert.Equal(3, asked.Length);
        Assert.StartsWith($"ACK {code} AB", asked[0], StringComparison.Ordinal);
        Assert.StartsWith($"NON {code} AB", asked[1], StringComparison.Ordinal);
        Assert.Equal("part", asked[2]);
        Assert.Equal([PeerTimer.KeepAlive], _device.Timers.Keys);
    }

    [Fact]
    public void There_are_no_more_observations_than_allowed()
    {
        var device = EndPoint.Connected(new CoapOptions { MaxObservations = 1 });
        device.Asks("GET", "ps/a", options: (OptionNumber.Observe, 0));
        device.BrokerSubscribed();
        _ = device.Asked;

        device.Asks("GET", "ps/b", options: (OptionNumber.Observe, 0));

        Assert.Equal(["ACK 4.29 AB MaxAge=60 «too many observations»"], device.Asked);
    }

    [Fact]
    public void The_rest_of_a_long_notification_is_fetched_in_blocks()
    {
        Observing("ps/a");
        _device.BrokerDelivers("a", new string('x', 1_500), qos: 0);
        Assert.Equal(["NON 2.05 AB ETag=* Observe=2 Block2=14 Size2=1500 «1024 octets»"], _device.Asked);

        _device.Retained["a"] = EndPoint.Message("a", "retained, and older");
        _device.Asks("GET", "ps/a", token: "CD", options: (OptionNumber.Block2, 0x16));

        Assert.Equal(["ACK 2.05 CD ETag=* Block2=22 «476 octets»"], _device.Asked);
    }

    [Fact]
    public void The_rest_of_what_nobody_fetches_is_forgotten()
    {
        Observing("ps/a");
        _device.BrokerDelivers("a", new string('x', 1_500), qos: 0);
        _device.TimeIsUp(PeerTimer.KeepAlive);
        _device.Asks("GET", "ps/a", options: (OptionNumber.Block2, 0x16));
        Assert.EndsWith("«476 octets»", _device.Asked[^1], StringComparison.Ordinal);

        _device.TimeIsUp(PeerTimer.KeepAlive);
        _device.TimeIsUp(PeerTimer.KeepAlive);
        _device.Asks("GET", "ps/a", options: (OptionNumber.Block2, 0x16));

        Assert.Equal("ACK 4.00 AB «no such block»", _device.Asked[^1]);
    }

    private string Observing(string uri)
    {
        _device.Asks("GET", uri, options: (OptionNumber.Observe, 0));
        _device.BrokerSubscribed();
        return _device.Asked[^1];
    }
}
