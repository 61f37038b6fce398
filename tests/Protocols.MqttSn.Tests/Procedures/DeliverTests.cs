using Edge.Messaging;
using Edge.Messaging.Peers;

namespace Edge.Protocols.MqttSn.Tests.Procedures;

/// <summary>Gateway's publish procedure and its retransmission (MQTT-SN 1.2 §6.10, §6.13).</summary>
public sealed class DeliverTests
{
    private readonly Node _node = Node.Connected();

    [Fact]
    public void Qos_0_is_sent_and_done()
    {
        _node.BrokerDelivers(Node.Delivery("plant/1/temperature", QualityOfService.AtMostOnce, retain: true));

        Assert.Equal(["send 090C11000100006869"], _node.Asked);
        Assert.True(_node.Peer.WantsDelivery);
        Assert.DoesNotContain(PeerTimer.Retry, _node.Timers);
    }

    [Fact]
    public void Qos_1_waits_for_puback()
    {
        _node.BrokerDelivers(Node.Delivery("ab", QualityOfService.AtLeastOnce, packetId: 5));
        Assert.Equal(["send 090C22616200056869"], _node.Asked);
        Assert.False(_node.Peer.WantsDelivery);
        Assert.Equal(TimeSpan.FromSeconds(10), _node.Timers[PeerTimer.Retry]);

        _node.Says("07 0D 6162 0005 00");
        Assert.Equal(["acknowledge 5 PubAck"], _node.Asked);
        Assert.True(_node.Peer.WantsDelivery);
        Assert.DoesNotContain(PeerTimer.Retry, _node.Timers);
    }

    [Fact]
    public void Qos_2_waits_for_pubrec_and_pubcomp()
    {
        _node.BrokerDelivers(Node.Delivery("ab", QualityOfService.ExactlyOnce, packetId: 5));
        Assert.Equal(["send 090C42616200056869"], _node.Asked);

        _node.Says("04 0F 0005");
        Assert.Equal(["acknowledge 5 PubRec"], _node.Asked);
        Assert.True(_node.Peer.WantsDelivery);
        Assert.DoesNotContain(PeerTimer.Retry, _node.Timers);

        _node.BrokerDelivers(Node.Release(5));
        Assert.Equal(["send 04100005"], _node.Asked);
        Assert.False(_node.Peer.WantsDelivery);

        _node.Says("04 0E 0005");
        Assert.Equal(["acknowledge 5 PubComp"], _node.Asked);
        Assert.True(_node.Peer.WantsDelivery);
    }

    [Fact]
    public void Pubrec_repeated_is_answered_with_pubrel_again()
    {
        _node.BrokerDelivers(Node.Release(5));
        _ = _node.Asked;

        _node.Says("04 0F 0005");

        Assert.Equal(["send 04100005"], _node.Asked);
    }

    [Fact]
    public void A_topic_unknown_to_the_client_is_registered_before_its_message()
    {
        _node.BrokerDelivers(Node.Delivery("a/b", QualityOfService.AtLeastOnce, packetId: 5));
        var register = Assert.Single(_node.Asked);
        var id = register["send 090A".Length..][..4];
        Assert.Equal($"send 090A{id}0001612F62", register);
        Assert.False(_node.Peer.WantsDelivery);

        _node.Says($"07 0B {id} 0001 00");
        Assert.Equal([$"send 090C20{id}00056869"], _node.Asked);
        _node.Says($"07 0D {id} 0005 00");
        _ = _node.Asked;

        _node.BrokerDelivers(Node.Delivery("a/b", QualityOfService.AtMostOnce));
        Assert.Equal([$"send 090C00{id}00006869"], _node.Asked);
    }

    [Fact]
    public void Regack_to_another_register_is_not_taken()
    {
        _node.BrokerDelivers(Node.Delivery("a/b", QualityOfService.AtMostOnce));
        _ = _node.Asked;

        _node.Says("07 0B 0001 0002 00");

        Assert.Equal(["refuse OutOfSequence"], _node.Asked);
        Assert.False(_node.Peer.WantsDelivery);
    }

    [Theory]
    [InlineData("02"), InlineData("03"), InlineData("7F")]
    public void A_client_that_refuses_a_topic_does_not_get_its_message(string code)
    {
        _node.BrokerDelivers(Node.Delivery("a/b", QualityOfService.AtLeastOnce, packetId: 5));
        _ = _node.Asked;

        _node.Says("07 0B 0000 0001 " + code);

        Assert.Equal(["discard a/b Refused"], _node.Asked);
        Assert.True(_node.Peer.WantsDelivery);
        Assert.DoesNotContain(PeerTimer.Retry, _node.Timers);
    }

    [Fact]
    public void A_congested_client_is_given_time_for_register_and_publish()
    {
        _node.BrokerDelivers(Node.Delivery("a/b", QualityOfService.AtLeastOnce, packetId: 5));
        var register = Assert.Single(_node.Asked);
        var id = register["send 090A".Length..][..4];
        for (var i = 0; i < 5; i++)
        {
            _node.Says("07 0B 0000 0001 01");
            _node.TimeIsUp(PeerTimer.Retry);
            Assert.Equal([register], _node.Asked);
        }

        _node.Says($"07 0B {id} 0001 00");
        _ = _node.Asked;
        for (var i = 0; i < 5; i++)
        {
            _node.Says($"07 0D {id} 0005 01");
            _node.TimeIsUp(PeerTimer.Retry);
            Assert.Equal([$"send 090CA0{id}00056869"], _node.Asked);
        }
    }

    [Fact]
    public void A_client_that_forgot_a_topic_id_is_told_again_and_gets_the_message_again()
    {
        var id = _node.Registered("a/b");
        _node.BrokerDelivers(Node.Delivery("a/b", QualityOfService.AtLeastOnce, packetId: 5));
        _ = _node.Asked;

        _node.Says($"07 0D {id} 0005 02");
        Assert.Equal([$"send 090A{id}0001612F62"], _node.Asked);
        _node.Says($"07 0B {id} 0001 00");
        Assert.Equal([$"send 090CA0{id}00056869"], _node.Asked);

        // Once: a client that insists does not want it.
        _node.Says($"07 0D {id} 0005 02");
        Assert.Equal(["discard a/b Refused"], _node.Asked);
        Assert.True(_node.Peer.WantsDelivery);
    }

    [Fact]
    public void A_predefined_id_that_the_client_does_not_know_is_replaced_by_a_registered_one()
    {
        _node.BrokerDelivers(Node.Delivery("plant/1/humidity", QualityOfService.ExactlyOnce, packetId: 5));
        Assert.Equal(["send 090C41000200056869"], _node.Asked);

        _node.Says("07 0D 0002 0005 02");
        var id = Assert.Single(_node.Asked)["send 160A".Length..][..4];
        Assert.NotEqual("0002", id);
        _node.Says($"07 0B {id} 0001 00");

        Assert.Equal([$"send 090CC0{id}00056869"], _node.Asked);
    }

    [Fact]
    public void A_topic_id_refused_at_qos_0_is_registered_before_the_next_message()
    {
        var id = _node.Registered("a/b");
        _node.BrokerDelivers(Node.Delivery("plant/1/humidity", QualityOfService.AtMostOnce));
        _node.BrokerDelivers(Node.Delivery("a/b", QualityOfService.AtMostOnce));
        _ = _node.Asked;

        _node.Says("07 0D 0002 0000 02");
        _node.Says($"07 0D {id} 0000 02");
        Assert.Empty(_node.Asked);

        _node.BrokerDelivers(Node.Delivery("plant/1/humidity", QualityOfService.AtMostOnce));
        Assert.StartsWith("send 160A", Assert.Single(_node.Asked), StringComparison.Ordinal);
        _node.Says("07 0B 0000 0001 03");
        _ = _node.Asked;
        _node.BrokerDelivers(Node.Delivery("a/b", QualityOfService.AtMostOnce));
        Assert.Equal([$"send 090A{id}0002612F62"], _node.Asked);
    }

    [Fact]
    public void A_message_that_the_client_refuses_is_discarded()
    {
        _node.BrokerDelivers(Node.Delivery("ab", QualityOfService.AtLeastOnce, packetId: 5));
        _ = _node.Asked;

        _node.Says("07 0D 6162 0005 03");

        Assert.Equal(["discard ab Refused"], _node.Asked);
        Assert.True(_node.Peer.WantsDelivery);
    }

    [Theory]
    [InlineData("07 0D 6162 0006 00"), InlineData("04 0F 0005"), InlineData("04 0E 0005"), InlineData("07 0D 6162 0006 03")]
    public void An_acknowledgement_that_does_not_fit_changes_nothing(string acknowledgement)
    {
        _node.BrokerDelivers(Node.Delivery("ab", QualityOfService.AtLeastOnce, packetId: 5));
        _ = _node.Asked;

        _node.Says(acknowledgement);

        Assert.Equal(["refuse OutOfSequence"], _node.Asked);
        Assert.False(_node.Peer.WantsDelivery);
    }

    [Fact]
    public void Publish_is_repeated_with_dup_and_then_the_client_counts_as_lost()
    {
        _node.BrokerDelivers(Node.Delivery("ab", QualityOfService.AtLeastOnce, packetId: 5));
        _node.TimeIsUp(PeerTimer.Retry);
        _node.TimeIsUp(PeerTimer.Retry);
        _node.TimeIsUp(PeerTimer.Retry);
        Assert.Equal(["send 090C22616200056869", "send 090CA2616200056869", "send 090CA2616200056869", "send 090CA2616200056869"], _node.Asked);

        _node.TimeIsUp(PeerTimer.Retry);
        Assert.Equal(["send 0218", "close with Will"], _node.Asked);
        Assert.Empty(_node.Timers);
        Assert.False(_node.Peer.WantsDelivery);
    }

    [Fact]
    public void Register_is_repeated_the_same_and_then_the_client_counts_as_lost()
    {
        _node.BrokerDelivers(Node.Delivery("a/b", QualityOfService.AtLeastOnce, packetId: 5));
        var register = Assert.Single(_node.Asked);
        _node.TimeIsUp(PeerTimer.Retry);
        _node.TimeIsUp(PeerTimer.Retry);
        _node.TimeIsUp(PeerTimer.Retry);
        Assert.Equal([register, register, register], _node.Asked);

        _node.TimeIsUp(PeerTimer.Retry);
        Assert.Equal(["send 0218", "close with Will"], _node.Asked);
    }

    [Fact]
    public void Pubrel_is_repeated()
    {
        _node.BrokerDelivers(Node.Release(5));
        _node.TimeIsUp(PeerTimer.Retry);

        Assert.Equal(["send 04100005", "send 04100005"], _node.Asked);
    }

    [Fact]
    public void A_message_of_an_earlier_connection_bears_dup()
    {
        _node.BrokerDelivers(Node.Delivery("ab", QualityOfService.AtLeastOnce, packetId: 5, dup: true));

        Assert.Equal(["send 090CA2616200056869"], _node.Asked);
    }

    [Fact]
    public void What_waits_for_regack_at_qos_0_is_counted_when_the_connection_ends()
    {
        _node.BrokerDelivers(Node.Delivery("a/b", QualityOfService.AtMostOnce));
        _ = _node.Asked;

        _node.Says("02 18");

        Assert.Equal(["send 0218", "discard a/b Offline", "close"], _node.Asked);
    }

    [Fact]
    public void A_message_larger_than_a_datagram_is_discarded()
    {
        var node = Node.Connected(Node.DefaultOptions with { MaxDatagramSize = 16 });

        node.BrokerDelivers(Node.Delivery("ab", QualityOfService.AtLeastOnce, packetId: 5, payload: "123456789"));
        Assert.StartsWith("send 100C", Assert.Single(node.Asked), StringComparison.Ordinal);
        node.Says("07 0D 6162 0005 00");
        _ = node.Asked;

        node.BrokerDelivers(Node.Delivery("ab", QualityOfService.AtLeastOnce, packetId: 6, payload: "1234567890"));
        Assert.Equal(["discard ab Oversize"], node.Asked);
        Assert.True(node.Peer.WantsDelivery);
    }

    [Fact]
    public void A_topic_name_larger_than_a_datagram_is_discarded()
    {
        var node = Node.Connected(Node.DefaultOptions with { MaxDatagramSize = 16 });

        node.BrokerDelivers(Node.Delivery("a/longer/name", QualityOfService.AtMostOnce, payload: ""));

        Assert.Equal(["discard a/longer/name Oversize"], node.Asked);
        Assert.True(node.Peer.WantsDelivery);
        Assert.DoesNotContain(PeerTimer.Retry, node.Timers);
    }

    [Fact]
    public void A_delivery_that_was_not_wanted_is_a_fault_of_the_program()
    {
        _node.BrokerDelivers(Node.Delivery("ab", QualityOfService.AtLeastOnce, packetId: 5));

        Assert.Throws<InvalidOperationException>(() => _node.BrokerDelivers(Node.Delivery("ab", QualityOfService.AtMostOnce)));
    }
}
