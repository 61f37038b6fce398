using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Messaging.Wire;
using Edge.Protocols.Mqtt.Codec;
using Edge.Protocols.Mqtt.Upstream;
using static Edge.Protocols.Mqtt.Tests.Upstream.UpstreamConversation;

namespace Edge.Protocols.Mqtt.Tests.Upstream;

/// <summary>We connect to upstream and subscribe there (MQTT 5.0 §3.1, §3.2, §3.8).</summary>
public sealed class UpstreamConnectTests
{
    [Fact]
    public void CONNECT_of_5_0_asks_for_a_session_that_never_expires_and_says_our_limits()
    {
        var talk = new UpstreamConversation(V5 with { UserName = "u", Password = "p"u8.ToArray() });

        Assert.Equal([Sent("10 \"MQTT\" 05 C0 003C [11 FFFFFFFF 21 000A 27 00001000] \"edge\" \"u\" \"p\"")], talk.Taken());
        Assert.Equal(TimeSpan.FromSeconds(10), talk.Timers[PeerTimer.Progress]);
    }

    [Fact]
    public void CONNECT_of_3_1_1_keeps_the_session()
    {
        Assert.Equal([Sent("10 \"MQTT\" 04 00 003C \"edge\"")], new UpstreamConversation(V311).Taken());
    }

    [Fact]
    public void What_5_0_grants_is_taken_from_CONNACK()
    {
        var talk = new UpstreamConversation(V5);
        talk.Taken();

        Assert.Equal(["accepted"], talk.Says("20 01 00 [21 0001 24 01 25 00 27 00000080 13 000A 12 \"x\" 29 00]"));

        Assert.Equal(
            new UpstreamTerms
            {
                Version = MqttVersion.Mqtt5,
                SessionPresent = true,
                ReceiveMaximum = 1,
                MaximumQos = QualityOfService.AtLeastOnce,
                RetainAvailable = false,
                MaximumPacketSize = 128,
                KeepAlive = TimeSpan.FromSeconds(10),
                AssignedClientId = "x",
                SubscriptionIdentifiersAvailable = false,
            },
            talk.Terms);
    }

    [Fact]
    public void What_5_0_does_not_mention_is_as_the_standard_has_it()
    {
        var talk = new UpstreamConversation(V5);
        talk.Says(AcceptV5);

        Assert.Equal(
            new UpstreamTerms
            {
                Version = MqttVersion.Mqtt5,
                SessionPresent = false,
                KeepAlive = TimeSpan.FromSeconds(60),
                SubscriptionIdentifiersAvailable = true,
            },
            talk.Terms);
    }

    [Fact]
    public void Nothing_is_forwarded_before_the_session_is_attached()
    {
        var talk = new UpstreamConversation(V5);
        talk.Taken();
        Assert.False(talk.Peer.WantsDelivery);

        talk.Says(AcceptV5);
        Assert.False(talk.Peer.WantsDelivery);

        talk.Peer.OnAttached(talk);
        Assert.True(talk.Peer.WantsDelivery);
    }

    [Theory]
    [InlineData("20 00 87 [1F \"no\" 1C \"other\"]", ReasonCode.NotAuthorized, "no", "other")]
    [InlineData("20 00 84 00", ReasonCode.UnsupportedProtocolVersion, null, null)]
    [InlineData("20 00 01", ReasonCode.UnsupportedProtocolVersion, null, null)]
    public void A_refusal_ends_the_talk_with_its_reason(string connAck, ReasonCode reason, string? text, string? reference)
    {
        var talk = new UpstreamConversation(V5);
        talk.Taken();

        Assert.Equal(["close Refused"], talk.Says(connAck));
        Assert.Equal(new UpstreamEnd(UpstreamEndCause.Refused, reason, text, reference), talk.Outcome);
    }

    [Fact]
    public void A_refusal_of_3_1_1_ends_the_talk_with_its_reason()
    {
        var talk = new UpstreamConversation(V311);
        talk.Taken();

        Assert.Equal(["close Refused"], talk.Says("20 00 04"));
        Assert.Equal(ReasonCode.BadUserNameOrPassword, talk.Outcome!.Reason);
    }

    [Fact]
    public void Without_CONNACK_in_time_it_ends()
    {
        var talk = new UpstreamConversation(V5);
        talk.Taken();

        Assert.Equal(["close NoConnAck"], talk.RunsOut(PeerTimer.Progress));
    }

    [Fact, Spec("MQTT-3.2.0-1")]
    public void Another_packet_before_CONNACK_ends_it()
    {
        var talk = new UpstreamConversation(V5);
        talk.Taken();

        Assert.Equal(["close Violation"], talk.Says("30 \"a/b\" 00 'hi'"));
    }

    [Fact]
    public void Each_subscription_bears_its_identifier_in_5_0()
    {
        var talk = new UpstreamConversation(V5 with { Subscriptions = [Wants("c/#", 1), Wants("d", 2)] });
        talk.Says(AcceptV5);

        talk.Peer.OnAttached(talk);

        Assert.Equal([Sent("82 FFFF [0B 01] \"c/#\" 1D"), Sent("82 FFFE [0B 02] \"d\" 1D")], talk.Taken());
    }

    [Fact]
    public void No_identifier_is_sent_where_upstream_takes_none()
    {
        var talk = new UpstreamConversation(V5 with { Subscriptions = [Wants("c/#", 1)] });
        talk.Says("20 00 00 [29 00]");

        talk.Peer.OnAttached(talk);

        Assert.Equal([Sent("82 FFFF 00 \"c/#\" 1D")], talk.Taken());
    }

    [Fact]
    public void Subscriptions_of_3_1_1_have_a_QoS_and_nothing_else()
    {
        var talk = new UpstreamConversation(V311 with { Subscriptions = [Wants("c/#", 1)] });
        talk.Says(AcceptV311);

        talk.Peer.OnAttached(talk);

        Assert.Equal([Sent("82 FFFF \"c/#\" 01")], talk.Taken());
    }

    [Fact]
    public void A_refused_subscription_is_told_and_the_talk_goes_on()
    {
        var talk = Open(V5 with { Subscriptions = [Wants("c/#", 1), Wants("d", 2)] });

        Assert.Equal(["subscription refused d NotAuthorized"], talk.Says("90 FFFE 00 87"));
        Assert.Empty(talk.Says("90 FFFF 00 01"));
        Assert.Equal(0, talk.Peer.Unacknowledged);
    }

    [Fact, Spec("MQTT-2.2.1-3")]
    public void A_delivery_under_the_identifier_of_a_SUBSCRIBE_waits_for_SUBACK()
    {
        var talk = Open(V311 with { Subscriptions = [Wants("c/#", 1)] });

        Assert.Empty(talk.Delivers(Delivery(65_535, QualityOfService.AtLeastOnce)));
        Assert.Empty(talk.Delivers(Delivery(1, QualityOfService.AtLeastOnce)));

        Assert.Equal([Sent("32 \"a/b\" FFFF 'hi'"), Sent("32 \"a/b\" 0001 'hi'")], talk.Says("90 FFFF 01"));
    }

    [Fact]
    public void Stopping_says_good_bye()
    {
        var talk = Open(V5);

        talk.Peer.Stop(talk);

        Assert.Equal([Sent("E0"), "close Stopped"], talk.Taken());
    }

    [Fact]
    public void DISCONNECT_of_upstream_ends_it_with_its_reason()
    {
        var talk = Open(V5);

        Assert.Equal(["close Disconnected"], talk.Says("E0 8E [1F \"twice\"]"));
        Assert.Equal(new UpstreamEnd(UpstreamEndCause.Disconnected, ReasonCode.SessionTakenOver, "twice"), talk.Outcome);
    }

    [Theory]
    [InlineData("36 \"a/b\" 0001 00", "E0 81")]
    [InlineData("E0 00 00 00", "E0 81")]
    [InlineData("10 \"MQTT\" 05 02 0000 00 \"c\"", "E0 82")]
    [InlineData("30 0000 [23 0001]", "E0 81")]
    public void A_violation_is_named_and_ends_it(string packet, string answer)
    {
        var talk = Open(V5);

        Assert.Equal([Sent(answer), "close Violation"], talk.Says(packet));
    }

    [Fact]
    public void A_packet_larger_than_we_take_ends_it()
    {
        var talk = Open(V5);

        Assert.True(talk.Peer.OnOversize(Hex.Parse("32 FF FF 01 0003"), talk));

        Assert.Equal([Sent("E0 95"), "close Violation"], talk.Taken());
    }

    [Fact]
    public void What_can_be_no_packet_ends_it()
    {
        var talk = Open(V311);

        talk.Peer.OnUnframed(ParseError.LengthMismatch, talk);

        Assert.Equal(["close Violation"], talk.Taken());
    }

    [Fact]
    public void The_password_is_in_no_text()
    {
        var connect = V5 with { UserName = "someone", Password = "secret"u8.ToArray() };

        Assert.Equal("edge by Mqtt5", connect.ToString());
    }

    private static Subscription Wants(string filter, uint identifier)
    {
        Assert.True(TopicFilter.TryParse(filter, out var parsed));
        return new Subscription
        {
            Filter = parsed,
            MaximumQos = QualityOfService.AtLeastOnce,
            NoLocal = true,
            RetainAsPublished = true,
            RetainHandling = RetainHandling.SendIfNew,
            Identifier = identifier,
        };
    }
}
