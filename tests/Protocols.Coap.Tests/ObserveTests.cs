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

        Assert.Equal([$"{(confirmable ? "ACK" : "NON")} 2.05 AB Observe=1 MaxAge=0 «21»"], _device.Asked);
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
        Assert.Equal(["CON 2.05 AB Observe=2 MaxAge=0 «1»"], _device.Asked);
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
        Assert.Equal(["CON 2.05 AB Observe=2 MaxAge=0 «1»", "acknowledge 7 PubRec", "acknowledge 7 PubComp"], _device.Asked);

        _device.BrokerDelivers("a", "2", qos: 0);

        Assert.Equal(["NON 2.05 AB Observe=3 MaxAge=0 «2»"], _device.Asked);
        Assert.True(_device.Peer.WantsDelivery);
    }

    [Fact]
    public void Who_observes_many_topics_is_told_which_it_is()
    {
        Observing("ps/plant/#");
        Assert.Equal(RetainHandling.Send, _device.Subscription!.RetainHandling);

        _device.BrokerDelivers("plant/7/temperature", "21", qos: 0);

        Assert.Equal(["NON 2.05 AB Observe=2 LocationPath=ps LocationPath=plant LocationPath=7 LocationPath=temperature MaxAge=0 «21»"], _device.Asked);
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

        Assert.Equal(["close"], _device.Asked);
        Assert.Empty(_device.Timers);
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
        _device.BrokerSubscribed();
        _ = _device.Asked;

        _device.BrokerDelivers("a", "1", qos: 0);

        Assert.Equal(["NON 2.05 CD Observe=2 MaxAge=0 «1»"], _device.Asked);
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
        Assert.Equal(["NON 2.05 AB Observe=2 MaxAge=0 Block2=14 Size2=1500 «1024 octets»"], _device.Asked);

        _device.Asks("GET", "ps/a", token: "CD", options: (OptionNumber.Block2, 0x16));

        Assert.Equal(["ACK 2.05 CD ETag=* MaxAge=0 Block2=22 «476 octets»"], _device.Asked);
    }

    private string Observing(string uri)
    {
        _device.Asks("GET", uri, options: (OptionNumber.Observe, 0));
        _device.BrokerSubscribed();
        return _device.Asked[^1];
    }
}
