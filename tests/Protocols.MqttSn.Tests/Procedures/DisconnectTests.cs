using Edge.Messaging;
using Edge.Messaging.Peers;

namespace Edge.Protocols.MqttSn.Tests.Procedures;

/// <summary>Keep alive, PING and the ends of a connection (MQTT-SN 1.2 §6.11, §6.12).</summary>
public sealed class DisconnectTests
{
    [Fact]
    public void Disconnect_is_answered_and_forgets_the_will()
    {
        var node = Node.Connected();

        node.Says("02 18");

        Assert.Equal(["send 0218", "close"], node.Asked);
        Assert.False(node.Peer.WantsDelivery);
        Assert.DoesNotContain(PeerTimer.KeepAlive, node.Timers);
    }

    [Fact]
    public void Disconnect_with_a_duration_of_zero_is_good_bye()
    {
        var node = Node.Connected();

        node.Says("04 18 0000");

        Assert.Equal(["send 0218", "close"], node.Asked);
    }

    [Fact]
    public void Disconnect_repeated_is_answered_again_but_not_for_ever()
    {
        var node = new Node();
        for (var i = 0; i < 6; i++)
        {
            node.Says("02 18");
            Assert.Equal(["send 0218"], node.Asked);
        }

        node.Says("02 18");
        Assert.Equal(["refuse OutOfSequence"], node.Asked);

        node.TimeIsUp(PeerTimer.Progress);
        node.Says("02 18");
        Assert.Equal(["send 0218"], node.Asked);
    }

    [Fact]
    public void Two_gateways_do_not_keep_each_other_busy()
    {
        var (one, other) = (new Node(), new Node());
        var said = 0;
        for (string[] asked = ["send 0218"]; asked is [{ } frame] && frame.StartsWith("send ", StringComparison.Ordinal); said++)
        {
            (one, other) = (other, one);
            one.Says(frame["send ".Length..]);
            asked = one.Asked;
        }

        Assert.InRange(said, 2, 13);
    }

    [Fact]
    public void Disconnect_while_the_broker_thinks_parts_from_the_session_it_gives()
    {
        var node = new Node();
        node.Says("0A 04 04 01 003C 61626364");
        node.Says("02 18");
        Assert.Equal(["connect abcd", "send 0218"], node.Asked);

        node.BrokerAccepts();
        Assert.Equal(["close"], node.Asked);
    }

    [Fact]
    public void Pingreq_is_answered()
    {
        var node = Node.Connected();

        node.Says("02 16");
        node.Says("06 16 61626364");

        Assert.Equal(["send 0217", "send 0217"], node.Asked);
    }

    [Fact]
    public void Silence_beyond_keep_alive_ends_the_connection_with_its_will()
    {
        var node = Node.Connected();

        node.TimeIsUp(PeerTimer.KeepAlive);

        Assert.Equal(["send 0218", "close with Will"], node.Asked);
        Assert.Empty(node.Timers);
    }

    [Fact]
    public void Every_frame_begins_keep_alive_anew()
    {
        var node = Node.Connected();
        node.Timers.Clear();

        node.Says("09 0C 01 0001 0000 6869");

        Assert.Equal(TimeSpan.FromSeconds(90), node.Timers[PeerTimer.KeepAlive]);
    }

    [Fact]
    public void Duration_0_means_no_keep_alive()
    {
        var node = Node.Connected(connect: "0A 04 04 01 0000 61626364");

        node.Says("02 16");

        Assert.Empty(node.Timers);
    }

    [Theory]
    [InlineData(DetachReason.TakenOver), InlineData(DetachReason.ShuttingDown), InlineData(DetachReason.Administrative), InlineData(DetachReason.Expired)]
    public void A_client_parted_from_its_session_is_told(DetachReason reason)
    {
        var node = Node.Connected();

        node.Peer.OnDetached(reason, node);

        Assert.Equal(["send 0218", "close"], node.Asked);
        Assert.Empty(node.Timers);
    }

    [Fact]
    public void A_client_parted_before_connack_is_told_and_not_acknowledged()
    {
        var node = new Node();
        node.Says("0A 04 04 01 003C 61626364");
        _ = node.Asked;

        node.Peer.OnDetached(DetachReason.TakenOver, node);
        Assert.Equal(["send 0218"], node.Asked);

        node.BrokerAccepts();
        Assert.Equal(["close"], node.Asked);
    }

    [Fact]
    public void Timers_of_an_earlier_time_do_nothing()
    {
        var node = new Node();

        node.Peer.OnTimer(PeerTimer.KeepAlive, node);
        node.Peer.OnTimer(PeerTimer.Retry, node);
        node.Peer.OnTimer(PeerTimer.Ping, node);

        Assert.Empty(node.Asked);
    }
}
