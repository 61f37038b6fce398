using Edge.Messaging;
using static Edge.Protocols.Mqtt.Tests.Conversation;

namespace Edge.Protocols.Mqtt.Tests;

/// <summary>The client subscribes and unsubscribes (MQTT 5.0 §3.8 to §3.11).</summary>
public sealed class SubscribeProcedureTests
{
    private static readonly SubscribeOutcome[] Every = Enum.GetValues<SubscribeOutcome>();

    [Fact, Spec("MQTT-3.8.4-1"), Spec("MQTT-3.8.4-6"), Spec("MQTT-3.9.3-1")]
    public void SUBACK_answers_each_filter_in_order()
    {
        var talk = Connected(ConnectV5);

        Assert.Equal(["subscribe a/#:0 +/b:2 c:1 $share/g/d:1 e:0 f:0 g:0"],
            talk.Says("82 000A 00 \"a/#\" 00 \"+/b\" 02 \"c\" 01 \"$share/g/d\" 01 \"e\" 00 \"f\" 00 \"g\" 00"));
        talk.Peer.OnSubscribed(talk.Replies.Dequeue(), Every, talk);

        Assert.Equal([Sent("90 000A 00 00 01 02 87 8F 97 80")], talk.Taken());
    }

    [Fact]
    public void Before_MQTT_5_every_refusal_is_0x80()
    {
        var talk = Connected(ConnectV311);
        talk.Says("82 000A \"a/#\" 00 \"+/b\" 02 \"c\" 01 \"$share/g/d\" 01 \"e\" 00 \"f\" 00 \"g\" 00");

        talk.Peer.OnSubscribed(talk.Replies.Dequeue(), Every, talk);

        Assert.Equal([Sent("90 000A 00 01 02 80 80 80 80")], talk.Taken());
    }

    [Fact]
    public void All_options_reach_the_broker()
    {
        var talk = Connected(ConnectV5);
        talk.Says("82 000A [0B AC02] \"a\" 2E \"b\" 10 \"c\" 00");

        Assert.Equal(
            [
                (QualityOfService.ExactlyOnce, true, true, RetainHandling.DoNotSend, 300u),
                (QualityOfService.AtMostOnce, false, false, RetainHandling.SendIfNew, 300u),
                (QualityOfService.AtMostOnce, false, false, RetainHandling.Send, 300u),
            ],
            talk.Subscriptions.Select(s => (s.MaximumQos, s.NoLocal, s.RetainAsPublished, s.RetainHandling, s.Identifier)));
    }

    [Fact, Spec("MQTT-3.10.4-4"), Spec("MQTT-3.11.3-1")]
    public void UNSUBACK_tells_MQTT_5_what_there_was()
    {
        var talk = Connected(ConnectV5);

        Assert.Equal(["unsubscribe a/# b"], talk.Says("A2 000A 00 \"a/#\" \"b\""));
        talk.Peer.OnUnsubscribed(talk.Replies.Dequeue(), [true, false], talk);

        Assert.Equal([Sent("B0 000A 00 00 11")], talk.Taken());
    }

    [Fact]
    public void UNSUBACK_of_earlier_versions_has_no_reasons()
    {
        var talk = Connected(ConnectV311);
        talk.Says("A2 000A \"a/#\" \"b\"");

        talk.Peer.OnUnsubscribed(talk.Replies.Dequeue(), [true, false], talk);

        Assert.Equal([Sent("B0 000A")], talk.Taken());
    }

    [Fact, Spec("MQTT-3.1.2-29")]
    public void Who_wants_no_reasons_in_words_gets_them_in_CONNACK_and_DISCONNECT_alone()
    {
        var talk = Connected("10 \"MQTT\" 05 02 0000 [17 00] \"c\"");
        talk.Says("82 0001 00 \"a\" 00");
        talk.Peer.OnSubscribed(talk.Replies.Dequeue(), [SubscribeOutcome.NotAuthorized], talk);
        Assert.Equal([Sent("90 0001 00 87")], talk.Taken());
        talk.Says("A2 0002 00 \"a\"");
        talk.Peer.OnUnsubscribed(talk.Replies.Dequeue(), [false], talk);
        Assert.Equal([Sent("B0 0002 00 11")], talk.Taken());
        talk.Says("32 \"t\" 0003 00");
        Assert.Equal([Sent("40 0003 87")], talk.Outcome(PublishOutcome.NotAuthorized));
        talk.Says("34 \"t\" 0004 00");
        Assert.Equal([Sent("50 0004 97")], talk.Outcome(PublishOutcome.QuotaExceeded));
        talk.Says("62 0004");
        talk.Peer.OnReleased(talk.Replies.Dequeue(), known: false, talk);
        Assert.Equal([Sent("70 0004 92")], talk.Taken());

        Assert.Equal(["refuse InvalidTopic", Sent("E0 90 [1F \"InvalidTopic\"]"), "close, will"], talk.Says("30 \"a/+\" 00"));
    }

    [Theory, Spec("MQTT-4.7.1-1"), Spec("MQTT-4.7.1-2")]
    [InlineData("82 000A 00 \"a/#/b\" 00"), InlineData("82 000A 00 \"ok\" 00 \"a+\" 00"), InlineData("A2 000A 00 \"#a\"")]
    public void A_wildcard_in_the_wrong_place_ends_the_connection(string packet) => Assert.Equal(
        ["refuse InvalidTopic", Sent("E0 8F [1F \"InvalidTopic\"]"), "close, will"],
        Connected(ConnectV5).Says(packet));

    [Fact, Spec("MQTT-3.8.3-4")]
    public void No_Local_of_a_shared_subscription_is_a_protocol_error() => Assert.Equal(
        ["refuse InvalidValue", Sent("E0 82 [1F \"InvalidValue\"]"), "close, will"],
        Connected(ConnectV5).Says("82 000A 00 \"$share/g/t\" 04"));

    [Theory, Spec("MQTT-3.8.1-1"), Spec("MQTT-3.8.3-2"), Spec("MQTT-3.10.1-1"), Spec("MQTT-3.10.3-2")]
    [InlineData("82 000A"), InlineData("A2 000A"), InlineData("80 000A \"t\" 00"), InlineData("A0 000A \"t\"")]
    public void Malformed_packets_end_the_connection(string packet) =>
        Assert.Equal("close, will", Connected(ConnectV311).Says(packet)[^1]);

    [Fact]
    public void Answers_after_the_end_go_nowhere()
    {
        var talk = Connected(ConnectV5);
        talk.Says("82 000A 00 \"a\" 00");
        talk.Says("A2 000B 00 \"a\"");
        talk.Says("E0");

        talk.Peer.OnSubscribed(talk.Replies.Dequeue(), [SubscribeOutcome.GrantedQos0], talk);
        talk.Peer.OnUnsubscribed(talk.Replies.Dequeue(), [true], talk);

        Assert.Empty(talk.Taken());
    }

    [Fact, Spec("MQTT-3.1.2-24")]
    public void A_client_that_cannot_take_the_SUBACK_is_let_go()
    {
        var talk = Connected("10 \"MQTT\" 05 02 0000 [27 00000014] \"c\"", new MqttOptions { TopicAliasMaximum = 0, ReceiveMaximum = 1 });
        talk.Says("82 000A 00 " + string.Concat(Enumerable.Repeat("\"t\" 00 ", 20)));

        talk.Peer.OnSubscribed(talk.Replies.Dequeue(), new SubscribeOutcome[20], talk);

        Assert.Equal(["close, will"], talk.Taken());
    }
}
