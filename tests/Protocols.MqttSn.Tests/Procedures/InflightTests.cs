using Edge.Messaging;
using Edge.Messaging.Peers;

namespace Edge.Protocols.MqttSn.Tests.Procedures;

/// <summary>Several messages on their way to one client, for clients that take more than MQTT-SN 1.2 §6.10 has.</summary>
public sealed class InflightTests
{
    private const int Most = 3;
    private readonly Node _node = Node.Connected(Node.DefaultOptions with { MaxInflight = Most, RetryLimit = 1 });

    [Theory, InlineData(1), InlineData(Most)]
    public void The_broker_is_asked_for_as_many_as_may_be_on_their_way(int most)
    {
        var node = Node.Connected(Node.DefaultOptions with { MaxInflight = most });

        Assert.Equal(most, node.Request!.ReceiveMaximum);
    }

    [Fact]
    public void As_many_go_out_and_each_answer_lets_one_more_follow()
    {
        Deliver(1, 2, 3);
        Assert.Equal(["send 090C22616200016869", "send 090C22616200026869", "send 090C22616200036869"], _node.Asked);
        Assert.False(_node.Peer.WantsDelivery);

        _node.Says("07 0D 6162 0002 00");

        Assert.Equal(["acknowledge 2 PubAck"], _node.Asked);
        Assert.True(_node.Peer.WantsDelivery);
        Deliver(4);
        Assert.False(_node.Peer.WantsDelivery);
        _node.Says("07 0D 6162 0001 00");
        _node.Says("07 0D 6162 0004 00");
        _node.Says("07 0D 6162 0003 00");
        Assert.Equal(["send 090C22616200046869", "acknowledge 1 PubAck", "acknowledge 4 PubAck", "acknowledge 3 PubAck"], _node.Asked);
        Assert.DoesNotContain(PeerTimer.Retry, _node.Timers);
    }

    [Fact]
    public void Exchanges_at_QoS_2_go_on_beside_each_other()
    {
        _node.BrokerDelivers(Node.Delivery("ab", QualityOfService.ExactlyOnce, packetId: 1));
        _node.BrokerDelivers(Node.Delivery("ab", QualityOfService.ExactlyOnce, packetId: 2));
        _ = _node.Asked;
        _node.Says("04 0F 0002");
        _node.BrokerDelivers(Node.Release(2));
        _node.Says("04 0F 0001");
        _node.BrokerDelivers(Node.Release(1));
        _node.Says("04 0E 0001");
        _node.Says("04 0E 0002");

        Assert.Equal(
            ["acknowledge 2 PubRec", "send 04100002", "acknowledge 1 PubRec", "send 04100001", "acknowledge 1 PubComp", "acknowledge 2 PubComp"],
            _node.Asked);
        Assert.DoesNotContain(PeerTimer.Retry, _node.Timers);
    }

    [Fact]
    public void What_waits_for_a_registration_is_not_overtaken()
    {
        Deliver(1);
        _node.BrokerDelivers(Node.Delivery("a/b", QualityOfService.AtMostOnce));
        var id = _node.Asked[1]["send 090A".Length..][..4];
        Assert.False(_node.Peer.WantsDelivery);

        _node.Says($"07 0B {id} 0001 00");

        Assert.Equal([$"send 090C00{id}00006869"], _node.Asked);
        Assert.True(_node.Peer.WantsDelivery);
    }

    [Fact]
    public void One_REGISTER_is_under_way_at_a_time()
    {
        var (one, other) = (_node.Registered("one"), _node.Registered("other"));
        _node.BrokerDelivers(Node.Delivery("one", QualityOfService.AtLeastOnce, packetId: 1));
        _node.BrokerDelivers(Node.Delivery("other", QualityOfService.AtLeastOnce, packetId: 2));
        _node.BrokerDelivers(Node.Delivery("other", QualityOfService.AtLeastOnce, packetId: 3));
        _ = _node.Asked;

        _node.Says($"07 0D {one} 0001 02"); // The client has forgotten both.
        _node.Says($"07 0D {other} 0002 02");
        _node.Says($"07 0D {other} 0003 02");

        Assert.Equal([$"send 090A{one}00016F6E65"], _node.Asked);
        _node.Says($"07 0B {one} 0001 00");
        Assert.Equal([$"send 090CA0{one}00016869", $"send 0B0A{other}00026F74686572"], _node.Asked);
        _node.Says($"07 0B {other} 0002 00");
        Assert.Equal([$"send 090CA0{other}00026869", $"send 090CA0{other}00036869"], _node.Asked);
    }

    [Fact]
    public void When_a_topic_is_refused_the_next_one_gets_its_turn()
    {
        var (one, other) = (_node.Registered("one"), _node.Registered("other"));
        _node.BrokerDelivers(Node.Delivery("one", QualityOfService.AtLeastOnce, packetId: 1));
        _node.BrokerDelivers(Node.Delivery("other", QualityOfService.AtLeastOnce, packetId: 2));
        _node.Says($"07 0D {one} 0001 02");
        _node.Says($"07 0D {other} 0002 02");
        _ = _node.Asked;

        _node.Says("07 0B 0000 0001 03");

        Assert.Equal(["discard one Refused", $"send 0B0A{other}00026F74686572"], _node.Asked);
    }

    [Fact]
    public void What_was_there_when_the_timer_was_armed_is_sent_again_and_what_came_since_the_next_time()
    {
        Deliver(1, 2);
        _ = _node.Asked;
        _node.TimeIsUp(PeerTimer.Retry); // Armed with the first.
        Assert.Equal(["send 090CA2616200016869"], _node.Asked);
        Deliver(3);
        _ = _node.Asked;

        _node.Says("07 0D 6162 0002 00");
        _node.Says("07 0D 6162 0001 00");
        Assert.Equal(["acknowledge 2 PubAck", "acknowledge 1 PubAck"], _node.Asked);
        Assert.Contains(PeerTimer.Retry, _node.Timers);
        _node.TimeIsUp(PeerTimer.Retry);

        Assert.Equal(["send 090CA2616200036869"], _node.Asked);
    }

    [Fact]
    public void A_message_that_is_never_answered_is_not_forgotten_while_others_are()
    {
        Deliver(1);
        for (ushort packetId = 2; packetId < 100; packetId++)
        {
            Deliver(packetId);
            _node.Says($"07 0D 6162 {packetId:X4} 00");
        }

        _ = _node.Asked;

        _node.TimeIsUp(PeerTimer.Retry);
        Assert.Equal(["send 090CA2616200016869"], _node.Asked);
        _node.TimeIsUp(PeerTimer.Retry);
        Assert.Equal(["send 0218", "close with Will"], _node.Asked);
    }

    [Fact]
    public void A_client_that_fell_asleep_gets_all_of_them_again_when_it_wakes()
    {
        Deliver(1, 2, 3);
        _node.Says("04 18 003C");
        _node.BrokerKeeps();
        Assert.DoesNotContain(PeerTimer.Retry, _node.Timers);
        _node.Says("07 0D 6162 0002 00");
        _ = _node.Asked;

        _node.Says("06 16 61626364");

        Assert.Equal(["send 090CA2616200016869", "send 090CA2616200036869"], _node.Asked);
        Assert.False(_node.Peer.AwaitsDrain);
        _node.Says("07 0D 6162 0001 00");
        _node.Says("07 0D 6162 0003 00");
        _node.NothingIsLeft();
        Assert.Equal(["acknowledge 1 PubAck", "acknowledge 3 PubAck", "send 0217"], _node.Asked);
    }

    private void Deliver(params ushort[] packetIds)
    {
        foreach (var packetId in packetIds)
        {
            _node.BrokerDelivers(Node.Delivery("ab", QualityOfService.AtLeastOnce, packetId));
        }
    }
}
