using Edge.Messaging.Peers;
using static Edge.Messaging.QualityOfService;
using static Edge.Protocols.Mqtt.Tests.Upstream.UpstreamConversation;

namespace Edge.Protocols.Mqtt.Tests.Upstream;

/// <summary>Upstream refuses messages (MQTT 5.0 §3.4.2.1, §3.5.2.1).</summary>
public sealed class UpstreamRefusalTests
{
    [Theory]
    [InlineData("87", "NotAuthorized")]
    [InlineData("90", "TopicNameInvalid")]
    [InlineData("99", "PayloadFormatInvalid")]
    public void What_will_never_be_taken_is_given_up(string code, string reason)
    {
        var talk = Open(V5);
        talk.Delivers(Delivery(7, AtLeastOnce));
        talk.Delivers(Delivery(8, ExactlyOnce));

        Assert.Equal([$"discard 7 Refused {reason}"], talk.Says($"40 0007 {code}"));
        Assert.Equal([$"discard 8 Refused {reason}"], talk.Says($"50 0008 {code}"));
        Assert.True(talk.Peer.WantsDelivery);
    }

    [Theory]
    [InlineData("97", "QuotaExceeded")]
    [InlineData("91", "PacketIdentifierInUse")]
    public void A_quota_keeps_the_message_and_pauses_until_it_is_taken(string code, string reason)
    {
        var talk = Open(V5);
        talk.Delivers(Delivery(7, AtLeastOnce, dup: true));

        for (var seconds = 1; seconds <= 64; seconds *= 2)
        {
            Assert.Equal([$"postponed 7 {reason}"], talk.Says($"40 0007 {code}"));
            Assert.False(talk.Peer.WantsDelivery);
            Assert.Equal(1, talk.Peer.Unacknowledged);
            Assert.Equal(TimeSpan.FromSeconds(Math.Min(seconds, 60)), talk.Timers[PeerTimer.Retry]);
            Assert.Equal([Sent("32 \"a/b\" 0007 00 'hi'")], talk.RunsOut(PeerTimer.Retry));
            Assert.True(talk.Peer.WantsDelivery);
        }

        Assert.Equal(["acknowledge 7 PubAck"], talk.Says("40 0007"));
    }

    [Fact]
    public void A_quota_never_gives_a_message_up_even_when_others_are_taken()
    {
        var talk = Open(V5);
        talk.Delivers(Delivery(7, AtLeastOnce));
        talk.Delivers(Delivery(8, AtLeastOnce));

        talk.Says("40 0007 97");
        talk.Says("40 0008");
        talk.RunsOut(PeerTimer.Retry);

        Assert.Equal(["postponed 7 QuotaExceeded"], talk.Says("40 0007 97"));
    }

    [Theory]
    [InlineData("80", "UnspecifiedError")]
    [InlineData("83", "ImplementationSpecificError")]
    public void Refused_without_a_clear_reason_it_is_given_up_when_others_are_taken_and_it_is_not(string code, string reason)
    {
        var talk = Open(V5);
        talk.Delivers(Delivery(7, ExactlyOnce));

        Assert.Equal([$"postponed 7 {reason}"], talk.Says($"50 0007 {code}"));
        Assert.True(talk.Peer.WantsDelivery);
        talk.Delivers(Delivery(8, AtLeastOnce));
        talk.Says("40 0008");

        Assert.Equal([Sent("34 \"a/b\" 0007 00 'hi'")], talk.RunsOut(PeerTimer.Retry));
        Assert.Equal([$"discard 7 Refused {reason}"], talk.Says($"50 0007 {code}"));
    }

    [Fact]
    public void Refused_without_a_clear_reason_it_is_kept_while_nothing_is_taken_at_all()
    {
        var talk = Open(V5);
        talk.Delivers(Delivery(7, AtLeastOnce));
        talk.Delivers(Delivery(8, AtLeastOnce));

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(["postponed 7 UnspecifiedError"], talk.Says("40 0007 80"));
            Assert.Equal(["postponed 8 UnspecifiedError"], talk.Says("40 0008 80"));
            Assert.Equal([Sent("32 \"a/b\" 0007 00 'hi'"), Sent("32 \"a/b\" 0008 00 'hi'")], talk.RunsOut(PeerTimer.Retry));
        }

        Assert.Equal(["acknowledge 7 PubAck"], talk.Says("40 0007"));
        Assert.Equal(["acknowledge 8 PubAck"], talk.Says("40 0008"));
    }

    [Fact]
    public void What_expires_while_it_is_postponed_is_not_sent_again()
    {
        var talk = Open(V5);
        talk.Delivers(Delivery(7, AtLeastOnce, expiresAt: talk.Clock.Now.AddSeconds(0.5)));
        talk.Says("40 0007 97");

        Assert.Equal(["discard 7 Expired Success"], talk.RunsOut(PeerTimer.Retry));
    }
}
