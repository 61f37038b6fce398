using Edge.Messaging;
using Edge.Messaging.Peers;
using static Edge.Protocols.Mqtt.Tests.Conversation;

namespace Edge.Protocols.Mqtt.Tests;

/// <summary>How a connection lives and ends (MQTT 5.0 §3.12, §3.14, §4.13).</summary>
public sealed class EndOfConnectionTests
{
    [Theory, Spec("MQTT-3.12.4-1")]
    [InlineData(ConnectV31), InlineData(ConnectV311), InlineData(ConnectV5)]
    public void PINGREQ_is_answered(string connect) => Assert.Equal([Sent("D0")], Connected(connect).Says("C0"));

    [Theory, Spec("MQTT-3.14.4-3")]
    [InlineData(ConnectV311, "E0", "close")]
    [InlineData(ConnectV5, "E0", "close")]
    [InlineData(ConnectV5, "E0 00", "close")]
    [InlineData(ConnectV5, "E0 04", "close, will")]
    [InlineData(ConnectV5, "E0 80", "close, will")]
    public void Only_a_normal_DISCONNECT_makes_the_Will_go_away(string connect, string disconnect, string expected) =>
        Assert.Equal([expected], Connected(connect).Says(disconnect));

    [Theory]
    [InlineData("0000000A", "E0 00 [11 0000003C]", "close, expiry 00:01:00")]
    [InlineData("0000000A", "E0 00 [11 00000000]", "close, expiry 00:00:00")]
    [InlineData("0000000A", "E0 04 [11 FFFFFFFF]", "close, will, expiry 7.00:00:00")]
    [InlineData("00000000", "E0 00 [11 00000000]", "close, expiry 00:00:00")]
    public void DISCONNECT_may_change_the_Session_Expiry_Interval(string asked, string disconnect, string expected) =>
        Assert.Equal([expected], Connected($"10 \"MQTT\" 05 02 0000 [11 {asked}] \"c\"").Says(disconnect));

    [Fact, Spec("3.14.2.2.2")]
    public void But_not_from_zero() => Assert.Equal(
        ["refuse InvalidProperty", Sent("E0 82 [1F \"InvalidProperty\"]"), "close, will"],
        Connected(ConnectV5).Says("E0 00 [11 0000003C]"));

    [Theory, Spec("MQTT-3.14.1-1")]
    [InlineData("E1"), InlineData("E0 01"), InlineData("E0 8E 00 00")]
    public void A_malformed_DISCONNECT_does_not_take_the_Will_away(string disconnect) =>
        Assert.Equal("close, will", Connected(ConnectV5).Says(disconnect)[^1]);

    [Theory, Spec("MQTT-3.1.2-22")]
    [InlineData(ConnectV5, "E0 8D")]
    [InlineData(ConnectV311, null)]
    public void Silence_for_too_long_ends_the_connection_with_the_Will(string connect, string? disconnect)
    {
        var talk = Connected(connect.Replace("02 0000", "02 003C", StringComparison.Ordinal));
        Assert.Equal(TimeSpan.FromSeconds(90), talk.Timers[PeerTimer.KeepAlive]);

        talk.Peer.OnTimer(PeerTimer.KeepAlive, talk);

        Assert.Equal([.. disconnect is null ? Array.Empty<string>() : [Sent(disconnect)], "close, will"], talk.Taken());
    }

    [Fact]
    public void Every_packet_starts_the_Keep_Alive_anew()
    {
        var talk = Connected("10 \"MQTT\" 05 02 003C 00 \"c\"");
        foreach (var packet in new[] { "C0", "30 \"t\" 00", "40 0001", "82 0001 00 \"t\" 00" })
        {
            talk.Timers.Clear();
            talk.Says(packet);
            Assert.Equal(TimeSpan.FromSeconds(90), talk.Timers[PeerTimer.KeepAlive]);
        }
    }

    [Theory, Spec("MQTT-3.1.4-3")]
    [InlineData(DetachReason.TakenOver, "E0 8E")]
    [InlineData(DetachReason.Expired, "E0 A0")]
    [InlineData(DetachReason.ShuttingDown, "E0 8B")]
    [InlineData(DetachReason.Administrative, "E0 98")]
    public void MQTT_5_is_told_why_the_broker_parts_it_from_its_session(DetachReason reason, string disconnect)
    {
        var v5 = Connected(ConnectV5);
        v5.Peer.OnDetached(reason, v5);
        Assert.Equal([Sent(disconnect), "close, will"], v5.Taken());

        var v311 = Connected(ConnectV311);
        v311.Peer.OnDetached(reason, v311);
        Assert.Equal(["close, will"], v311.Taken());
    }

    [Fact]
    public void A_connection_closes_once()
    {
        var talk = Connected(ConnectV5);
        talk.Says("E0");

        talk.Peer.OnDetached(DetachReason.TakenOver, talk);
        talk.Peer.OnTimer(PeerTimer.KeepAlive, talk);
        talk.Peer.OnTimer(PeerTimer.Progress, talk);
        talk.Peer.OnConnected(new ConnectOutcome(ConnectRefusal.Unavailable, null, SessionPresent: false), talk);

        Assert.Empty(talk.Taken());
    }

    [Theory]
    [InlineData("20 00 00 00"), InlineData("90 0001 00 00"), InlineData("B0 0001 00 00"), InlineData("D0"), InlineData("F0")]
    public void What_only_a_server_says_is_a_protocol_error(string packet) => Assert.Equal(
        ["refuse OutOfSequence", Sent("E0 82 [1F \"OutOfSequence\"]"), "close, will"],
        Connected(ConnectV5).Says(packet));

    [Fact]
    public void Packet_type_0_is_malformed() => Assert.Equal(
        ["refuse UnknownType", Sent("E0 81 [1F \"UnknownType\"]"), "close, will"],
        Connected(ConnectV5).Says("00"));
}
