using Edge.Messaging;
using Edge.Messaging.Peers;

namespace Edge.Protocols.MqttSn.Tests.Procedures;

/// <summary>Support of sleeping clients (MQTT-SN 1.2 §6.14), and clients that move or whose address is another's by now.</summary>
public sealed class SleepTests
{
    private const string Clean = "0A 04 04 01 003C 61626364";
    private const string Kept = "0A 04 00 01 003C 61626364";
    private const string Sleep = "04 18 0078";
    private const string PingReq = "06 16 61626364";

    [Theory]
    [InlineData(Clean, "sleep 180 s, expiry 180 s")]
    [InlineData(Kept, "sleep 180 s, expiry 604800 s")]
    public void Disconnect_with_a_duration_is_answered_when_a_restart_would_find_the_client_asleep(string connect, string asked)
    {
        var node = Node.Connected(connect: connect);

        node.Says(Sleep);
        Assert.Equal([asked], node.Asked);
        Assert.False(node.Peer.WantsDelivery);
        Assert.Equal(TimeSpan.FromSeconds(180), node.Timers[PeerTimer.KeepAlive]);

        node.BrokerKeeps();
        Assert.Equal(["send 0218"], node.Asked);
    }

    [Fact]
    public void Repeated_it_is_answered_at_once_and_with_another_duration_anew()
    {
        var node = Asleep();

        node.Says(Sleep);
        Assert.Equal(["send 0218"], node.Asked);

        node.Says("04 18 0258");
        Assert.Equal(["sleep 900 s, expiry 900 s"], node.Asked);
        Assert.Equal(TimeSpan.FromSeconds(900), node.Timers[PeerTimer.KeepAlive]);
    }

    [Fact]
    public void Pingreq_wakes_it_until_nothing_is_left()
    {
        var node = Asleep();

        node.Says(PingReq);
        Assert.Empty(node.Asked);
        Assert.True(node.Peer.WantsDelivery);
        node.BrokerDelivers(Node.Delivery("plant/1/temperature", QualityOfService.AtLeastOnce, packetId: 5));
        Assert.False(node.Peer.WantsDelivery);
        node.NothingIsLeft();
        Assert.Equal(["send 090C21000100056869"], node.Asked);

        node.Says("07 0D 0001 0005 00");
        Assert.True(node.Peer.WantsDelivery);
        node.NothingIsLeft();
        Assert.Equal(["acknowledge 5 PubAck", "send 0217"], node.Asked);
        Assert.False(node.Peer.WantsDelivery);
        Assert.Equal(TimeSpan.FromSeconds(180), node.Timers[PeerTimer.KeepAlive]);
    }

    [Fact]
    public void What_was_in_flight_as_it_fell_asleep_comes_first_as_it_wakes()
    {
        var node = Node.Connected();
        node.BrokerDelivers(Node.Delivery("plant/1/temperature", QualityOfService.AtLeastOnce, packetId: 5));
        node.Says(Sleep);
        node.BrokerKeeps();
        Assert.DoesNotContain(PeerTimer.Retry, node.Timers);
        _ = node.Asked;

        node.Says(PingReq);

        Assert.Equal(["send 090CA1000100056869"], node.Asked);
    }

    [Fact]
    public void What_it_acknowledges_late_counts()
    {
        var node = Node.Connected();
        node.BrokerDelivers(Node.Delivery("plant/1/temperature", QualityOfService.AtLeastOnce, packetId: 5));
        node.Says(Sleep);
        node.BrokerKeeps();
        _ = node.Asked;

        node.Says("07 0D 0001 0005 00");
        Assert.Equal(["acknowledge 5 PubAck"], node.Asked);

        node.Says(PingReq);
        node.NothingIsLeft();
        Assert.Equal(["send 0217"], node.Asked);
    }

    [Theory]
    [InlineData("07 0D 0001 0005 02"), InlineData("07 0D 0001 0005 01"), InlineData("07 0D 0001 0005 03")]
    public void What_it_refuses_late_is_tried_again_when_it_wakes(string puback)
    {
        var node = Node.Connected();
        node.BrokerDelivers(Node.Delivery("plant/1/temperature", QualityOfService.AtLeastOnce, packetId: 5));
        node.Says(Sleep);
        node.BrokerKeeps();
        _ = node.Asked;

        node.Says(puback);
        Assert.DoesNotContain(node.Asked, asked => asked.StartsWith("send", StringComparison.Ordinal) || asked.StartsWith("discard", StringComparison.Ordinal));

        node.Says(PingReq);
        Assert.Equal(["send 090CA1000100056869"], node.Asked);
    }

    [Theory]
    [InlineData("09 0C 21 0001 002A 6869"), InlineData("09 0A 0000 0001 612F62"), InlineData("08 12 20 0002 612F23"), InlineData("04 10 0001")]
    public void What_only_a_client_that_is_awake_may_say_is_answered_with_disconnect_and_leaves_it_asleep(string frame)
    {
        var node = Asleep();
        node.Timers.Clear();

        node.Says(frame);

        Assert.Equal(["send 0218", "refuse OutOfSequence"], node.Asked);
        Assert.DoesNotContain(PeerTimer.KeepAlive, node.Timers);
        node.Says(PingReq);
        Assert.True(node.Peer.WantsDelivery);
    }

    [Fact]
    public void Silence_beyond_the_sleep_ends_the_connection_with_its_Will()
    {
        var node = Asleep();

        node.TimeIsUp(PeerTimer.KeepAlive);

        Assert.Equal(["send 0218", "close with Will, expiry 0 s"], node.Asked);
        Assert.Empty(node.Timers);
    }

    [Fact]
    public void Good_bye_ends_the_sleep()
    {
        var node = Asleep();

        node.Says("02 18");

        Assert.Equal(["send 0218", "close, expiry 0 s"], node.Asked);
    }

    [Fact]
    public void A_stop_of_the_gateway_leaves_it_asleep()
    {
        var node = Asleep();

        node.Peer.OnDetached(DetachReason.ShuttingDown, node);

        Assert.Empty(node.Asked);
        Assert.Empty(node.Timers);
        Assert.False(node.Peer.WantsDelivery);
    }

    [Fact]
    public void Pingreq_of_an_unknown_client_asks_for_its_session_and_without_one_it_is_told_to_connect()
    {
        var node = new Node();

        node.Says(PingReq);
        Assert.Equal(["connect abcd"], node.Asked);
        Assert.True(node.Request!.Resumes);
        node.Says(PingReq);
        node.BrokerRefuses(ConnectRefusal.NoSession);

        Assert.Equal(["send 0218"], node.Asked);
        Assert.Empty(node.Timers);
    }

    [Fact]
    public void A_session_that_is_found_goes_on_as_it_was_with_its_topic_ids()
    {
        var first = Node.Connected();
        var id = first.Registered("t/1");
        first.Says(Sleep);
        var node = new Node();

        node.Says(PingReq);
        node.BrokerAccepts(sessionPresent: true, first.KeptNote);
        Assert.True(node.Peer.WantsDelivery);
        Assert.Equal(TimeSpan.FromSeconds(180), node.Timers[PeerTimer.KeepAlive]);
        node.BrokerDelivers(Node.Delivery("t/1", QualityOfService.AtMostOnce));
        node.NothingIsLeft();

        Assert.Equal(["connect abcd", $"send 090C00{id}00006869", "send 0217"], node.Asked);
        Assert.False(node.Peer.WantsDelivery);
    }

    [Theory]
    [InlineData(""), InlineData("02"), InlineData("01 04 0000 0000")]
    public void A_note_that_cannot_be_read_is_none(string note)
    {
        var node = new Node();

        node.Says(PingReq);
        node.BrokerAccepts(sessionPresent: true, Hex.Parse(note));

        Assert.Equal(["connect abcd", "send 0218", "close"], node.Asked);
    }

    [Theory]
    [InlineData("08 04 04 01 003C 7879"), InlineData("04 16 7879")]
    public void Another_client_at_the_address_gets_it_and_who_had_it_is_lost_only_when_silent_for_too_long(string frame)
    {
        var node = Asleep();

        node.Says(frame);
        Assert.Equal(["give way"], node.Asked);
        Assert.False(node.Peer.WantsDelivery);

        node.TimeIsUp(PeerTimer.KeepAlive);
        Assert.Contains("close with Will, expiry 0 s", node.Asked);
    }

    [Fact]
    public void Who_has_no_keep_alive_is_lost_when_another_client_has_its_address()
    {
        var node = Node.Connected(connect: "0A 04 04 01 0000 61626364");

        node.Says("08 04 04 01 003C 7879");

        Assert.Equal(["give way", "close with Will"], node.Asked);
    }

    [Theory]
    [InlineData("0A 04 04 01 003C 61626364", "08 04 04 01 003C 7879"), InlineData("0A 04 04 01 003C 61626364", "04 16 7879"), InlineData("06 16 61626364", "08 04 04 01 003C 7879")]
    public void Another_client_at_the_address_of_one_that_is_about_to_get_its_session_is_not_taken_for_it(string first, string second)
    {
        var node = new Node();
        node.Says(first);
        _ = node.Asked;

        node.Says(second);
        Assert.Equal(["give way"], node.Asked);
        node.BrokerAccepts(sessionPresent: true, Asleep().KeptNote);

        Assert.False(node.Peer.WantsDelivery);
        Assert.Contains(PeerTimer.KeepAlive, node.Timers);
        node.TimeIsUp(PeerTimer.KeepAlive);
        Assert.Contains(node.Asked, asked => asked.StartsWith("close with Will", StringComparison.Ordinal));
    }

    [Fact]
    public void A_client_that_connects_while_its_session_is_fetched_for_PINGREQ_is_connected()
    {
        var node = new Node();
        node.Says("06 16 61626364");
        node.Says(Kept);
        Assert.Equal(["connect abcd"], node.Asked);

        node.BrokerAccepts(sessionPresent: true, Asleep().KeptNote);
        Assert.Equal("connect abcd", node.Asked[^1]);
        node.BrokerAccepts(sessionPresent: true, node.KeptNote);

        Assert.Equal(["send 030500"], node.Asked);
        Assert.True(node.Peer.WantsDelivery);
    }

    [Fact]
    public void Connect_ends_the_sleep_and_takes_the_session_along()
    {
        var node = Asleep();

        node.Says(Kept);
        node.BrokerAccepts(sessionPresent: true, node.KeptNote);

        Assert.Equal(["connect abcd", "send 030500"], node.Asked);
        Assert.True(node.Peer.WantsDelivery);
        Assert.Equal(TimeSpan.FromSeconds(90), node.Timers[PeerTimer.KeepAlive]);
    }

    private static Node Asleep()
    {
        var node = Node.Connected();
        node.Says(Sleep);
        node.BrokerKeeps();
        _ = node.Asked;
        return node;
    }
}
