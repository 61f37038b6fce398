using Edge.Messaging;
using static Edge.Protocols.Mqtt.Tests.Conversation;

namespace Edge.Protocols.Mqtt.Tests;

/// <summary>The client publishes (MQTT 5.0 §3.3, §4.3).</summary>
public sealed class PublishProcedureTests
{
    [Fact]
    public void Qos_0_is_published_and_not_answered()
    {
        var talk = Connected(ConnectV311);

        Assert.Equal(["publish a/b 'hi' 0 retain 0"], talk.Says("31 \"a/b\" 'hi'"));
        Assert.Empty(talk.Outcome(PublishOutcome.Accepted));
    }

    [Fact, Spec("MQTT-4.3.2-4")]
    public void Qos_1_is_acknowledged_after_the_broker_took_the_message()
    {
        var talk = Connected(ConnectV311);

        Assert.Equal(["publish a/b 'hi' 1 0"], talk.Says("32 \"a/b\" 000A 'hi'"));
        Assert.Equal([Sent("40 000A")], talk.Outcome(PublishOutcome.Accepted));
    }

    [Fact, Spec("MQTT-4.3.3-8"), Spec("MQTT-4.3.3-11")]
    public void Qos_2_takes_two_steps()
    {
        var talk = Connected(ConnectV311);

        Assert.Equal(["publish a/b 'hi' 2 10"], talk.Says("34 \"a/b\" 000A 'hi'"));
        Assert.Equal([Sent("50 000A")], talk.Outcome(PublishOutcome.Accepted));
        Assert.Equal(["release 10"], talk.Says("62 000A"));
        talk.Peer.OnReleased(talk.Replies.Dequeue(), known: true, talk);
        Assert.Equal([Sent("70 000A")], talk.Taken());
    }

    [Fact, Spec("MQTT-4.3.3-10")]
    public void A_qos_2_message_that_comes_again_is_received_again()
    {
        var talk = Connected(ConnectV5);
        talk.Says("34 \"a/b\" 000A 00 'hi'");
        talk.Outcome(PublishOutcome.Accepted);

        Assert.Equal(["publish a/b 'hi' 2 10"], talk.Says("3C \"a/b\" 000A 00 'hi'"));
        Assert.Equal([Sent("50 000A")], talk.Outcome(PublishOutcome.Repeated));
    }

    [Theory]
    [InlineData(ConnectV5, "70 000A 92")]
    [InlineData(ConnectV311, "70 000A")]
    public void PUBREL_of_an_unknown_exchange_is_completed(string connect, string pubComp)
    {
        var talk = Connected(connect);
        talk.Says("62 000A");

        talk.Peer.OnReleased(talk.Replies.Dequeue(), known: false, talk);

        Assert.Equal([Sent(pubComp)], talk.Taken());
    }

    [Theory]
    [InlineData(PublishOutcome.Accepted, "")]
    [InlineData(PublishOutcome.NoMatchingSubscribers, "10")]
    [InlineData(PublishOutcome.NotAuthorized, "87")]
    [InlineData(PublishOutcome.TopicInvalid, "90")]
    [InlineData(PublishOutcome.QuotaExceeded, "97")]
    [InlineData(PublishOutcome.TooLarge, "97")]
    public void MQTT_5_is_told_what_became_of_it(PublishOutcome outcome, string reason)
    {
        var talk = Connected(ConnectV5);
        talk.Says("32 \"t\" 0001 00");
        Assert.Equal([Sent("40 0001" + reason)], talk.Outcome(outcome));

        talk.Says("34 \"t\" 0002 00");
        Assert.Equal([Sent("50 0002" + reason)], talk.Outcome(outcome));
    }

    [Theory, Spec("3.1.1 MQTT-3.3.5-2")]
    [InlineData(PublishOutcome.NoMatchingSubscribers), InlineData(PublishOutcome.NotAuthorized), InlineData(PublishOutcome.TopicInvalid), InlineData(PublishOutcome.TooLarge)]
    public void Before_MQTT_5_what_will_never_be_taken_is_acknowledged_all_the_same(PublishOutcome outcome)
    {
        var talk = Connected(ConnectV311);
        talk.Says("32 \"t\" 0001");
        Assert.Equal([Sent("40 0001")], talk.Outcome(outcome));

        talk.Says("34 \"t\" 0002");
        Assert.Equal([Sent("50 0002")], talk.Outcome(outcome));
    }

    [Fact]
    public void Before_MQTT_5_what_may_be_taken_later_is_not_acknowledged()
    {
        var talk = Connected(ConnectV311);
        talk.Says("32 \"t\" 0001");

        Assert.Equal(["close, will"], talk.Outcome(PublishOutcome.QuotaExceeded));
    }

    [Fact]
    public void Nothing_is_acknowledged_for_a_session_that_is_gone()
    {
        var talk = Connected(ConnectV5);
        talk.Says("32 \"t\" 0001 00");

        Assert.Empty(talk.Outcome(PublishOutcome.Detached));
    }

    [Fact]
    public void Nothing_is_acknowledged_after_the_end()
    {
        var talk = Connected(ConnectV5);
        talk.Says("32 \"t\" 0001 00");
        talk.Says("34 \"t\" 0002 00");
        talk.Says("62 0002");
        talk.Says("E0");

        Assert.Empty(talk.Outcome(PublishOutcome.Accepted));
        Assert.Empty(talk.Outcome(PublishOutcome.Accepted));
        talk.Peer.OnReleased(talk.Replies.Dequeue(), known: true, talk);
        Assert.Empty(talk.Taken());
        Assert.Empty(talk.Says("30 \"t\" 00 'x'"));
    }

    [Fact, Spec("MQTT-3.3.2-4"), Spec("MQTT-3.3.2-15"), Spec("MQTT-3.3.2-16"), Spec("MQTT-3.3.2-17"), Spec("MQTT-3.3.2-18"), Spec("MQTT-3.3.2-20")]
    public void Properties_travel_with_the_message_unaltered()
    {
        var talk = Connected(ConnectV5);

        talk.Says("30 \"t\" [01 01 02 0000003C 03 \"text/plain\" 08 \"r\" 09 0000 26 \"k\" \"v\" 26 \"k\" \"ü\"] 'x'");

        var message = Assert.Single(talk.Published);
        Assert.Equal(talk.Clock.Now.AddSeconds(60), message.ExpiresAt);
        var properties = message.Properties!;
        Assert.Equal((true, "text/plain", "r"), (properties.PayloadIsText, properties.ContentType, properties.ResponseTopic));
        Assert.True(properties.CorrelationData is { Length: 0 });
        Assert.Equal([new("k", "v"), new("k", "ü")], properties.UserProperties);
    }

    [Fact]
    public void A_message_without_properties_has_none()
    {
        var talk = Connected(ConnectV5);

        talk.Says("30 \"t\" 00 'x'");
        talk.Says("30 \"t\" [23 0001] 'x'");

        Assert.All(talk.Published, message => Assert.True(message is { Properties: null, ExpiresAt: null }));
    }

    [Fact, Spec("MQTT-3.3.2-12")]
    public void A_Topic_Alias_stands_for_the_name_it_came_with_last()
    {
        var talk = Connected(ConnectV5);

        Assert.Equal(["publish a 'x' 0 0"], talk.Says("30 \"a\" [23 0001] 'x'"));
        Assert.Equal(["publish b 'x' 0 0"], talk.Says("30 \"b\" [23 0010] 'x'"));
        Assert.Equal(["publish a 'y' 0 0"], talk.Says("30 \"\" [23 0001] 'y'"));
        talk.Says("30 \"c\" [23 0001] 'x'");
        Assert.Equal(["publish c 'z' 0 0"], talk.Says("30 \"\" [23 0001] 'z'"));
        Assert.Equal(["publish b 'z' 0 0"], talk.Says("30 \"\" [23 0010] 'z'"));
    }

    [Theory]
    [InlineData("30 \"t\" [23 0000]", "94")] // [MQTT-3.3.2-8]
    [InlineData("30 \"t\" [23 0011]", "94")] // [MQTT-3.3.2-9]: 17, and 16 are allowed
    [InlineData("30 \"\" [23 0002]", "82")] // never set
    [InlineData("30 \"t\" [0B 01]", "82")] // [MQTT-3.3.4-6]
    public void A_wrong_Topic_Alias_or_a_Subscription_Identifier_ends_the_connection(string publish, string reason)
    {
        var talk = Connected(ConnectV5);

        Assert.Equal(["refuse OutOfSequence", Sent("E0 " + reason), "close, will"], talk.Says(publish));
    }

    [Fact, Spec("MQTT-3.3.4-7")]
    public void More_unanswered_messages_than_Receive_Maximum_end_the_connection()
    {
        var talk = Connected(ConnectV5, new MqttOptions { ReceiveMaximum = 2 });
        talk.Says("32 \"t\" 0001 00");
        talk.Says("34 \"t\" 0002 00");

        Assert.Equal(["refuse OutOfSequence", Sent("E0 93"), "close, will"], talk.Says("32 \"t\" 0003 00"));
    }

    [Fact, Spec("4.9")]
    public void Answers_make_room_below_Receive_Maximum()
    {
        var talk = Connected(ConnectV5, new MqttOptions { ReceiveMaximum = 2 });
        for (var packetId = 1; packetId < 10; packetId++)
        {
            talk.Says($"32 \"t\" {packetId:X4} 00");
            talk.Outcome(PublishOutcome.Accepted);
        }

        talk.Says("34 \"t\" 000A 00");
        talk.Outcome(PublishOutcome.NotAuthorized);
        talk.Says("34 \"t\" 000B 00");
        talk.Outcome(PublishOutcome.Accepted);
        talk.Says("34 \"t\" 000C 00");
        talk.Outcome(PublishOutcome.Accepted);
        talk.Says("62 000B");
        talk.Peer.OnReleased(talk.Replies.Dequeue(), known: true, talk);
        talk.Taken();
        talk.Says("3C \"t\" 000C 00");
        talk.Outcome(PublishOutcome.Repeated);

        Assert.Equal(["publish t '' 1 0"], talk.Says("32 \"t\" 000D 00"));
        Assert.Equal(["publish t '' 0 0"], talk.Says("30 \"t\" 00"));
        Assert.Equal(["refuse OutOfSequence", Sent("E0 93"), "close, will"], talk.Says("32 \"t\" 000E 00"));
    }

    [Fact]
    public void Earlier_versions_know_no_Receive_Maximum()
    {
        var talk = Connected(ConnectV311, new MqttOptions { ReceiveMaximum = 1 });
        for (var packetId = 1; packetId < 100; packetId++)
        {
            Assert.Equal(["publish t '' 1 0"], talk.Says($"32 \"t\" {packetId:X4}"));
        }
    }

    [Theory]
    [InlineData("36 \"t\" 0001 00", "ReservedValue", "81")]
    [InlineData("32 \"t\" 0000 00", "InvalidValue", "82")]
    [InlineData("30 \"a/+\" 00", "InvalidTopic", "90")]
    [InlineData("30 0001 FF 00", "InvalidText", "81")]
    [InlineData("30 \"\" 00", "InvalidValue", "82")]
    [InlineData("30 \"t\" [11 00000000]", "InvalidProperty", "82")]
    [InlineData("40 0000", "InvalidValue", "82")]
    [InlineData("50 0001 11", "ReservedValue", "81")]
    [InlineData("60 0001", "ReservedValue", "81")]
    public void What_is_malformed_ends_the_connection(string packet, string error, string reason)
    {
        var v5 = Connected(ConnectV5);

        Assert.Equal([$"refuse {error}", Sent($"E0 {reason} [1F \"{error}\"]"), "close, will"], v5.Says(packet));
    }

    [Fact]
    public void Before_MQTT_5_it_ends_without_a_word() =>
        Assert.Equal(["refuse InvalidTopic", "close, will"], Connected(ConnectV311).Says("30 \"a/+\""));

    [Fact]
    public void A_packet_larger_than_allowed_is_refused_by_its_header()
    {
        var talk = Connected(ConnectV5, new MqttOptions { MaxPacketSize = 1_024 });

        Assert.Equal(["refuse TooLarge", Sent("E0 95 [1F \"TooLarge\"]"), "close, will"], talk.SaysOctets(Hex.Parse("30 FE07")));
    }

    [Fact]
    public void A_Remaining_Length_without_end_is_malformed() => Assert.Equal(
        ["refuse LengthMismatch", Sent("E0 81 [1F \"LengthMismatch\"]"), "close, will"],
        Connected(ConnectV5).SaysOctets(Hex.Parse("30 FFFFFFFF")));

    [Fact]
    public void A_topic_used_again_is_the_same_string()
    {
        var talk = Connected(ConnectV311);
        talk.Says("30 \"plant/1/temperature\" 'x'");
        talk.Says("30 \"plant/1/temperature\" 'x'");
        talk.Says("30 \"plant/2/temperature\" 'x'");

        Assert.Same(talk.Published[0].Topic.ToString(), talk.Published[1].Topic.ToString());
        Assert.Equal("plant/2/temperature", talk.Published[2].Topic.ToString());
    }
}
