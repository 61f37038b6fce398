using Edge.Messaging;
using static Edge.Protocols.Mqtt.Tests.Upstream.UpstreamConversation;

namespace Edge.Protocols.Mqtt.Tests.Upstream;

/// <summary>Upstream publishes to us (MQTT 5.0 §3.3, §4.3).</summary>
public sealed class UpstreamReceiveTests
{
    [Fact]
    public void Qos_0_is_passed_on_and_not_answered()
    {
        var talk = Open(V311);

        Assert.Equal(["publish c/d 'on' 0 retain 0 by 0"], talk.Says("31 \"c/d\" 'on'"));
        Assert.Empty(talk.Answers(PublishOutcome.Accepted));
    }

    [Fact, Spec("MQTT-4.3.2-4")]
    public void Qos_1_is_acknowledged_when_the_broker_kept_it_and_not_before()
    {
        var talk = Open(V5);

        Assert.Equal(["publish c/d 'on' 1 0 by 0"], talk.Says("32 \"c/d\" 0009 00 'on'"));
        Assert.Equal([Sent("40 0009")], talk.Answers(PublishOutcome.Accepted));
    }

    [Fact, Spec("MQTT-4.3.3-8"), Spec("MQTT-4.3.3-11")]
    public void Qos_2_takes_two_steps_and_each_waits_for_the_broker()
    {
        var talk = Open(V5);

        Assert.Equal(["publish c/d 'on' 2 9 by 0"], talk.Says("34 \"c/d\" 0009 00 'on'"));
        Assert.Equal([Sent("50 0009")], talk.Answers(PublishOutcome.Accepted));
        Assert.Equal(["release 9"], talk.Says("62 0009"));
        talk.Peer.OnReleased(talk.Replies.Dequeue(), known: true, talk);
        Assert.Equal([Sent("70 0009")], talk.Taken());
    }

    [Fact, Spec("MQTT-4.3.3-10")]
    public void A_repeat_of_qos_2_is_received_again()
    {
        var talk = Open(V5);

        talk.Says("3C \"c/d\" 0009 00 'on'");

        Assert.Equal([Sent("50 0009")], talk.Answers(PublishOutcome.Repeated));
    }

    [Fact]
    public void Release_of_what_is_unknown_is_completed()
    {
        var talk = Open(V5);
        talk.Says("62 0009");

        talk.Peer.OnReleased(talk.Replies.Dequeue(), known: false, talk);

        Assert.Equal([Sent("70 0009 92")], talk.Taken());
    }

    [Fact]
    public void The_lowest_subscription_identifier_is_told()
    {
        var talk = Open(V5);

        Assert.Equal(["publish c/d 'on' 0 0 by 2"], talk.Says("30 \"c/d\" [0B 03 0B 02] 'on'"));
    }

    [Fact]
    public void Properties_travel_along()
    {
        var talk = Open(V5);

        talk.Says("30 \"c/d\" [02 0000000A 03 \"text/plain\" 26 \"k\" \"v\"] 'on'");

        var message = Assert.Single(talk.Published);
        Assert.Equal("text/plain", message.Properties!.ContentType);
        Assert.Equal([new KeyValuePair<string, string>("k", "v")], message.Properties.UserProperties);
        Assert.Equal(talk.Clock.Now.AddSeconds(10), message.ExpiresAt);
    }

    [Theory]
    [InlineData(PublishOutcome.NoMatchingSubscribers, "40 0009 10", "40 0009")]
    [InlineData(PublishOutcome.NotAuthorized, "40 0009 87", "40 0009")]
    [InlineData(PublishOutcome.TopicInvalid, "40 0009 90", "40 0009")]
    public void What_the_broker_does_not_take_is_refused_where_the_version_can(PublishOutcome outcome, string v5, string v311)
    {
        var talk = Open(V5);
        talk.Says("32 \"c/d\" 0009 00 'on'");
        Assert.Equal([Sent(v5)], talk.Answers(outcome));

        talk = Open(V311);
        talk.Says("32 \"c/d\" 0009 'on'");
        Assert.Equal([Sent(v311)], talk.Answers(outcome));
    }

    [Fact]
    public void What_the_broker_may_take_later_is_left_unanswered_and_comes_again_with_the_next_connection()
    {
        var talk = Open(V5);
        talk.Says("32 \"c/d\" 0009 00 'on'");

        Assert.Equal(["close NotTaken"], talk.Answers(PublishOutcome.QuotaExceeded));
    }

    [Theory]
    [InlineData("32 FF FF 01 0003 'c/d' 0009", "40 0009")]
    [InlineData("34 FF FF 01 0003 'c/d' 0009", "50 0009")]
    [InlineData("30 FF FF 01 0003 'c/d'", null)]
    public void In_3_1_1_a_message_larger_than_we_take_is_answered_and_passed_over(string start, string? answer)
    {
        var talk = Open(V311);
        var octets = Hex.Parse(start);
        for (var arrived = 4; arrived < octets.Length; arrived++)
        {
            Assert.False(talk.Peer.OnOversize(octets.AsSpan(0, arrived), talk));
        }

        Assert.True(talk.Peer.OnOversize(octets, talk));

        Assert.Equal(["pass over c/d"], talk.Taken());
        Assert.Equal(answer is null ? [] : [Sent(answer)], talk.Answers(PublishOutcome.Accepted));
    }

    [Theory]
    [InlineData("32 05 FFFF 0000 00")]
    [InlineData("32 FF FF 01 0003 'c/#' 0009")]
    [InlineData("90 FF FF 01 0003 'c/d' 0009")]
    public void What_is_larger_than_we_take_and_no_message_ends_it(string start)
    {
        var talk = Open(V311);

        Assert.True(talk.Peer.OnOversize(Hex.Parse(start), talk));

        Assert.Equal(["close Violation"], talk.Taken());
    }

    [Fact]
    public void An_answer_after_the_end_comes_to_nothing()
    {
        var talk = Open(V5);
        talk.Says("32 \"c/d\" 0009 00 'on'");
        talk.Says("E0 8B");

        Assert.Empty(talk.Answers(PublishOutcome.Accepted));
    }
}
