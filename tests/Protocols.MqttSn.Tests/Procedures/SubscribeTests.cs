using Edge.Messaging;

namespace Edge.Protocols.MqttSn.Tests.Procedures;

/// <summary>Client's topic subscribe and unsubscribe procedure (MQTT-SN 1.2 §6.9).</summary>
public sealed class SubscribeTests
{
    [Fact]
    public void Suback_bears_the_id_of_a_name_without_wildcards()
    {
        var node = Node.Connected();

        node.Says("08 12 20 0002 612F62");
        Assert.Equal(["subscribe a/b at QoS 1"], node.Asked);
        node.BrokerSubscribed(SubscribeOutcome.GrantedQos1);
        var suback = Assert.Single(node.Asked);

        var id = node.Registered("a/b");
        Assert.Equal($"send 081320{id}000200", suback);
    }

    [Fact]
    public void Suback_lost_and_asked_for_again_bears_the_same_id()
    {
        var node = Node.Connected();
        node.Says("08 12 20 0002 612F62");
        node.BrokerSubscribed(SubscribeOutcome.GrantedQos1);
        var first = node.Asked;

        node.Says("08 12 A0 0002 612F62");
        node.BrokerSubscribed(SubscribeOutcome.GrantedQos1);

        Assert.Equal(first, node.Asked);
    }

    [Theory]
    [InlineData("08 12 40 0002 612F23", "subscribe a/# at QoS 2", "send 08134000000002")]
    [InlineData("08 12 00 0002 2B2F62", "subscribe +/b at QoS 0", "send 08130000000002")]
    [InlineData("07 12 22 0002 6162", "subscribe ab at QoS 1", "send 08132000000002")]
    [InlineData("07 12 21 0002 0002", "subscribe plant/1/humidity at QoS 1", "send 08132000020002")]
    [InlineData("0F 12 20 0002 2473686172652F672F61", "subscribe $share/g/a at QoS 1", "send 08132000000002")]
    public void Suback_bears_no_id_where_none_can_be(string subscribe, string asked, string suback)
    {
        var node = Node.Connected();

        node.Says(subscribe);
        Assert.Equal([asked], node.Asked);
        node.BrokerSubscribed((SubscribeOutcome)((Hex.Parse(subscribe)[2] >> 5) & 3));

        Assert.Equal([suback + "00"], node.Asked);
    }

    [Fact]
    public void A_lower_qos_is_told()
    {
        var node = Node.Connected();
        node.Says("08 12 40 0002 612F23");
        _ = node.Asked;

        node.BrokerSubscribed(SubscribeOutcome.GrantedQos0);

        Assert.Equal(["send 0813000000000200"], node.Asked);
    }

    [Theory]
    [InlineData(SubscribeOutcome.NotAuthorized, "03")]
    [InlineData(SubscribeOutcome.FilterInvalid, "03")]
    [InlineData(SubscribeOutcome.QuotaExceeded, "01")]
    public void A_refusal_has_a_return_code(SubscribeOutcome outcome, string code)
    {
        var node = Node.Connected();
        node.Says("08 12 20 0002 612F62");
        _ = node.Asked;

        node.BrokerSubscribed(outcome);

        Assert.Equal(["send 08130000000002" + code], node.Asked);
    }

    [Theory]
    [InlineData("07 12 20 0002 6123", "03", "InvalidTopic")]
    [InlineData("07 12 21 0002 0009", "02", "InvalidTopic")]
    [InlineData("07 12 22 0002 2B61", "02", "InvalidTopic")]
    [InlineData("08 12 60 0002 612F62", "03", "InvalidValue")]
    public void What_cannot_be_subscribed_to_is_refused(string subscribe, string code, string reason)
    {
        var node = Node.Connected();

        node.Says(subscribe);

        Assert.Equal(["send 08130000000002" + code, "refuse " + reason], node.Asked);
    }

    [Fact]
    public void A_message_quicker_than_suback_is_announced_by_register()
    {
        var node = Node.Connected();
        node.Says("08 12 20 0002 612F62");
        _ = node.Asked;

        node.BrokerDelivers(Node.Delivery("a/b", QualityOfService.AtMostOnce));

        Assert.StartsWith("send 090A", Assert.Single(node.Asked), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("08 14 00 0003 612F23", "unsubscribe a/#")]
    [InlineData("07 14 01 0003 0001", "unsubscribe plant/1/temperature")]
    [InlineData("07 14 02 0003 6162", "unsubscribe ab")]
    public void Unsubscribe_is_answered_when_it_is_done(string unsubscribe, string asked)
    {
        var node = Node.Connected();

        node.Says(unsubscribe);
        Assert.Equal([asked], node.Asked);
        node.BrokerUnsubscribed();

        Assert.Equal(["send 04150003"], node.Asked);
    }

    [Fact]
    public void Unsubscribe_from_what_cannot_be_is_answered_at_once()
    {
        var node = Node.Connected();

        node.Says("07 14 01 0003 0009");

        Assert.Equal(["send 04150003", "refuse InvalidTopic"], node.Asked);
    }
}
