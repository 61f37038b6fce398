using Edge.Messaging.Peers;
using static Edge.Messaging.QualityOfService;
using static Edge.Protocols.Mqtt.Tests.Upstream.UpstreamConversation;

namespace Edge.Protocols.Mqtt.Tests.Upstream;

/// <summary>Links that hang without a word: no FIN, no RST (MQTT 5.0 §3.1.2.10, §3.12).</summary>
public sealed class UpstreamSilenceTests
{
    [Fact, Spec("MQTT-3.1.2-20")]
    public void PINGREQ_goes_out_every_Keep_Alive_whatever_else_is_sent()
    {
        var talk = Open(V5);
        Assert.Equal(TimeSpan.FromSeconds(60), talk.Timers[PeerTimer.Ping]);
        talk.Delivers(Delivery(0, AtMostOnce));

        Assert.Equal([Sent("C0")], talk.RunsOut(PeerTimer.Ping));
        Assert.Equal(TimeSpan.FromSeconds(60), talk.Timers[PeerTimer.Ping]);
    }

    [Fact]
    public void The_Keep_Alive_that_upstream_wants_holds()
    {
        Assert.Equal(TimeSpan.FromSeconds(7), Open(V5, "20 00 00 [13 0007]").Timers[PeerTimer.Ping]);
    }

    [Fact]
    public void Silence_after_PINGREQ_ends_it_within_one_and_a_half_Keep_Alives()
    {
        var talk = Open(V5);
        talk.RunsOut(PeerTimer.Ping);

        Assert.Equal(TimeSpan.FromSeconds(30), talk.Timers[PeerTimer.KeepAlive]);
        Assert.Equal(["close KeepAlive"], talk.RunsOut(PeerTimer.KeepAlive));
    }

    [Theory]
    [InlineData("D0")]
    [InlineData("30 \"c/d\" 00 'on'")]
    public void Any_packet_after_PINGREQ_is_a_sign_of_life(string packet)
    {
        var talk = Open(V5);
        talk.RunsOut(PeerTimer.Ping);

        talk.Says(packet);

        Assert.DoesNotContain(PeerTimer.KeepAlive, talk.Timers.Keys);
    }

    [Fact]
    public void A_message_without_acknowledgement_ends_it()
    {
        var talk = Open(V5);
        talk.RunsOut(PeerTimer.Progress);
        Assert.Null(talk.Outcome);

        talk.Clock.Now += TimeSpan.FromSeconds(12);
        talk.Delivers(Delivery(7, AtLeastOnce));
        talk.Timers[PeerTimer.Progress] = TimeSpan.FromSeconds(18);
        Assert.Empty(talk.RunsOut(PeerTimer.Progress));

        Assert.Equal(TimeSpan.FromSeconds(12), talk.Timers[PeerTimer.Progress]);
        Assert.Equal(["close NoAcknowledgement"], talk.RunsOut(PeerTimer.Progress));
    }

    [Fact]
    public void A_PUBREL_without_PUBCOMP_ends_it()
    {
        var talk = Open(V5);
        talk.Delivers(Release(7));

        Assert.Equal(["close NoAcknowledgement"], talk.RunsOut(PeerTimer.Progress));
    }

    [Fact]
    public void A_slow_link_on_which_acknowledgements_trickle_in_is_left_alone()
    {
        var talk = Open(V5);
        for (ushort id = 1; id <= 20; id++)
        {
            talk.Delivers(Delivery(id, AtLeastOnce));
        }

        for (var id = 1; id <= 20; id++)
        {
            talk.Clock.Now += TimeSpan.FromSeconds(20);
            talk.Peer.OnTimer(PeerTimer.Progress, talk);
            Assert.Equal([$"acknowledge {id} PubAck"], talk.Says($"40 {id:X4}"));
        }
    }

    [Fact]
    public void One_lost_PUBACK_among_many_that_come_ends_it()
    {
        var talk = Open(V5);
        talk.Delivers(Delivery(1, AtLeastOnce));
        for (ushort id = 2; id <= 8; id++)
        {
            talk.Delivers(Delivery(id, AtLeastOnce));
            talk.Says($"40 {id:X4}");
            talk.Clock.Now += TimeSpan.FromSeconds(5);
        }

        Assert.Equal(["close NoAcknowledgement"], talk.RunsOut(PeerTimer.Progress));
    }

    [Fact]
    public void Waiting_for_nothing_ends_nothing()
    {
        var talk = Open(V5);
        talk.Delivers(Delivery(7, AtLeastOnce));
        talk.Says("40 0007");

        for (var i = 0; i < 10; i++)
        {
            Assert.Empty(talk.RunsOut(PeerTimer.Progress));
        }
    }
}
