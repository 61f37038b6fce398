using static Edge.Messaging.QualityOfService;
using static Edge.Protocols.Mqtt.Tests.Upstream.UpstreamConversation;

namespace Edge.Protocols.Mqtt.Tests.Upstream;

/// <summary>A session's messages go up (MQTT 5.0 §4.3, §4.4).</summary>
public sealed class UpstreamForwardTests
{
    [Fact]
    public void Qos_0_goes_up_and_nothing_is_awaited()
    {
        var talk = Open(V5);

        Assert.Equal([Sent("30 \"a/b\" 00 'hi'")], talk.Delivers(Delivery(0, AtMostOnce)));
        Assert.Equal(0, talk.Peer.Unacknowledged);
    }

    [Fact]
    public void Qos_1_goes_up_under_the_sessions_identifier_and_is_acknowledged_by_PUBACK()
    {
        var talk = Open(V5);

        Assert.Equal([Sent("32 \"a/b\" 0007 00 'hi'")], talk.Delivers(Delivery(7, AtLeastOnce)));
        Assert.Equal(1, talk.Peer.Unacknowledged);
        Assert.Equal(["acknowledge 7 PubAck"], talk.Says("40 0007"));
        Assert.Equal(0, talk.Peer.Unacknowledged);
    }

    [Fact]
    public void That_nobody_subscribes_upstream_is_no_refusal()
    {
        var talk = Open(V5);
        talk.Delivers(Delivery(7, AtLeastOnce));

        Assert.Equal(["acknowledge 7 PubAck"], talk.Says("40 0007 10"));
    }

    [Fact]
    public void Qos_2_takes_four_steps()
    {
        var talk = Open(V5);

        Assert.Equal([Sent("34 \"a/b\" 0007 00 'hi'")], talk.Delivers(Delivery(7, ExactlyOnce)));
        Assert.Equal(["acknowledge 7 PubRec"], talk.Says("50 0007"));
        Assert.Equal([Sent("62 0007")], talk.Delivers(Release(7)));
        Assert.Equal(["acknowledge 7 PubComp"], talk.Says("70 0007"));
    }

    [Fact]
    public void Qos_2_goes_on_with_PUBREL_on_another_connection()
    {
        var talk = Open(V5, "20 01 00 00");

        Assert.Equal([Sent("62 0007")], talk.Delivers(Release(7)));
        Assert.Equal(["acknowledge 7 PubComp"], talk.Says("70 0007 92"));
    }

    [Fact, Spec("MQTT-3.3.1-1")]
    public void What_may_have_been_sent_before_is_marked()
    {
        var talk = Open(V311);

        Assert.Equal([Sent("3A \"a/b\" 0007 'hi'")], talk.Delivers(Delivery(7, AtLeastOnce, dup: true)));
    }

    [Fact]
    public void Expiry_goes_along_as_what_is_left_of_it()
    {
        var talk = Open(V5);

        Assert.Equal(
            [Sent("32 \"a/b\" 0007 [02 0000000A] 'hi'")],
            talk.Delivers(Delivery(7, AtLeastOnce, expiresAt: talk.Clock.Now.AddSeconds(9.5))));
    }

    [Fact]
    public void RETAIN_is_dropped_where_upstream_keeps_nothing()
    {
        Assert.Equal([Sent("33 \"a/b\" 0007 00 'hi'")], Open(V5).Delivers(Delivery(7, AtLeastOnce, retain: true)));
        Assert.Equal([Sent("32 \"a/b\" 0007 00 'hi'")], Open(V5, "20 00 00 [25 00]").Delivers(Delivery(7, AtLeastOnce, retain: true)));
    }

    [Fact, Spec("MQTT-3.2.2-11")]
    public void Qos_2_goes_up_as_QoS_1_where_upstream_takes_no_more_and_the_session_gets_both_its_steps()
    {
        var talk = Open(V5, "20 00 00 [24 01]");

        Assert.Equal([Sent("32 \"a/b\" 0007 00 'hi'")], talk.Delivers(Delivery(7, ExactlyOnce)));
        Assert.Equal(["acknowledge 7 PubRec"], talk.Says("40 0007"));
        Assert.Equal(["acknowledge 7 PubComp"], talk.Delivers(Release(7)));
    }

    [Fact]
    public void Where_upstream_takes_QoS_0_only_a_message_is_done_when_it_is_sent()
    {
        var talk = Open(V5, "20 00 00 [24 00]");

        Assert.Equal([Sent("30 \"a/b\" 00 'hi'"), "acknowledge 7 PubAck"], talk.Delivers(Delivery(7, AtLeastOnce)));
    }

    [Fact, Spec("MQTT-3.2.2-15")]
    public void What_is_larger_than_upstream_takes_is_discarded_and_the_next_goes_up()
    {
        var talk = Open(V5, "20 00 00 [27 0000000D]");

        Assert.Equal(["discard 7 Oversize PacketTooLarge"], talk.Delivers(Delivery(7, AtLeastOnce, "hello")));
        Assert.Equal([Sent("32 \"a/b\" 0008 00 'hel'")], talk.Delivers(Delivery(8, AtLeastOnce, "hel")));
    }

    [Theory]
    [InlineData("20 00 00 [21 0003]", 2)]
    [InlineData("20 00 00 [21 0001]", 1)]
    [InlineData(null, 19)]
    public void Fewer_QoS_2_exchanges_are_open_than_upstream_takes(string? connAck, int count)
    {
        var talk = connAck is null ? Open(V311) : Open(V5, connAck);
        for (ushort id = 1; id <= count; id++)
        {
            talk.Delivers(Delivery(id, ExactlyOnce));
        }

        Assert.Empty(talk.Delivers(Delivery(100, ExactlyOnce)));
        Assert.Empty(talk.Delivers(Delivery(101, AtLeastOnce)));
        Assert.NotEmpty(talk.Delivers(Delivery(0, AtMostOnce)));
        Assert.Equal(["acknowledge 1 PubRec"], talk.Says("50 0001"));
        Assert.Equal([Sent("62 0001")], talk.Delivers(Release(1)));

        var properties = connAck is null ? "" : "00 ";
        Assert.Equal(
            ["acknowledge 1 PubComp", Sent($"34 \"a/b\" 0064 {properties}'hi'"), Sent($"32 \"a/b\" 0065 {properties}'hi'")], talk.Says("70 0001"));
    }

    [Fact]
    public void Exchanges_of_the_last_connection_count_and_a_refused_one_does_not()
    {
        var talk = Open(V5, "20 01 00 [21 0003]");
        talk.Delivers(Release(1));
        talk.Delivers(Delivery(2, ExactlyOnce, dup: true));
        Assert.Empty(talk.Delivers(Delivery(3, ExactlyOnce)));

        Assert.Equal(["discard 2 Refused NotAuthorized", Sent("34 \"a/b\" 0003 00 'hi'")], talk.Says("50 0002 87"));
    }

    [Theory]
    [InlineData("40 0008")]
    [InlineData("50 0007")]
    [InlineData("70 0007")]
    public void What_answers_nothing_that_was_sent_acknowledges_nothing(string packet)
    {
        var talk = Open(V5);
        talk.Delivers(Delivery(7, AtLeastOnce));

        Assert.Empty(talk.Says(packet));
        Assert.Equal(1, talk.Peer.Unacknowledged);
    }
}
