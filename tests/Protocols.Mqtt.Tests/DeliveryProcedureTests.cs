using Edge.Messaging;
using Edge.Protocols.Mqtt.Tests.Codec;
using static Edge.Protocols.Mqtt.Tests.Conversation;

namespace Edge.Protocols.Mqtt.Tests;

/// <summary>The client gets messages (MQTT 5.0 §4.3, §4.4).</summary>
public sealed class DeliveryProcedureTests
{
    private static readonly Message Hi = OutgoingPublishTests.MessageOf("t", "hi");
    private static readonly Delivery Qos1 = new(DeliveryKind.Publish, 10, Hi, QualityOfService.AtLeastOnce, Retain: false, Dup: false, null);
    private static readonly Delivery Qos2 = Qos1 with { Qos = QualityOfService.ExactlyOnce };
    private static readonly Delivery Release = new(DeliveryKind.Release, 10, null, QualityOfService.ExactlyOnce, Retain: false, Dup: false, null);

    [Fact]
    public void Qos_0_is_sent_and_forgotten() => Assert.Equal(
        [Sent("31 \"t\" 'hi'")],
        Connected(ConnectV311).Delivers(Qos1 with { PacketId = 0, Qos = QualityOfService.AtMostOnce, Retain = true }));

    [Fact, Spec("MQTT-4.3.2-2"), Spec("MQTT-3.3.1-1")]
    public void Qos_1_ends_with_PUBACK()
    {
        var talk = Connected(ConnectV311);

        Assert.Equal([Sent("32 \"t\" 000A 'hi'")], talk.Delivers(Qos1));
        Assert.Equal([Sent("3A \"t\" 000A 'hi'")], talk.Delivers(Qos1 with { Dup = true }));
        Assert.Equal(["acknowledge 10 PubAck"], talk.Says("40 000A"));
    }

    [Fact, Spec("MQTT-4.3.3-4"), Spec("MQTT-4.3.3-5")]
    public void Qos_2_ends_with_PUBCOMP()
    {
        var talk = Connected(ConnectV5);

        Assert.Equal([Sent("34 \"t\" 000A 00 'hi'")], talk.Delivers(Qos2));
        Assert.Equal(["acknowledge 10 PubRec"], talk.Says("50 000A"));
        Assert.Equal([Sent("62 000A")], talk.Delivers(Release));
        Assert.Equal(["acknowledge 10 PubComp"], talk.Says("70 000A"));
    }

    [Theory]
    [InlineData("40 000A 80"), InlineData("40 000A 99 [1F \"no JSON\"]"), InlineData("50 000A 97")]
    public void A_message_the_client_refuses_is_counted_and_not_sent_again(string refusal)
    {
        var talk = Connected(ConnectV5);
        talk.Delivers(Qos2);

        Assert.Equal(["discard 10 Refused"], talk.Says(refusal));
    }

    [Theory]
    [InlineData("40 000A 10", "acknowledge 10 PubAck")]
    [InlineData("50 000A 10", "acknowledge 10 PubRec")]
    [InlineData("70 000A 92", "acknowledge 10 PubComp")]
    public void Other_reasons_are_acknowledgements(string packet, string expected) =>
        Assert.Equal([expected], Connected(ConnectV5).Says(packet));

    [Theory]
    [InlineData(ConnectV5, "62 000A 92"), InlineData(ConnectV311, "62 000A")]
    public void PUBREC_of_an_unknown_exchange_is_answered_with_PUBREL(string connect, string pubRel)
    {
        var talk = Connected(connect);
        talk.UnknownExchanges.Add(10);

        Assert.Equal(["acknowledge 10 PubRec", Sent(pubRel)], talk.Says("50 000A"));
        Assert.Equal(["acknowledge 10 PubComp"], talk.Says("70 000A"));
    }

    [Fact, Spec("MQTT-3.3.2-5"), Spec("MQTT-3.3.2-6")]
    public void The_Message_Expiry_Interval_counts_down_while_the_message_waits()
    {
        var talk = Connected(ConnectV5);
        var delivery = Qos1 with { Message = Hi with { ExpiresAt = talk.Clock.Now.AddSeconds(60) } };

        Assert.Equal([Sent("32 \"t\" 000A [02 0000003C] 'hi'")], talk.Delivers(delivery));
        talk.Clock.Now += TimeSpan.FromSeconds(10.5);
        Assert.Equal([Sent("32 \"t\" 000A [02 00000032] 'hi'")], talk.Delivers(delivery));
        talk.Clock.Now += TimeSpan.FromDays(1);
        Assert.Equal([Sent("32 \"t\" 000A [02 00000000] 'hi'")], talk.Delivers(delivery));
    }

    [Fact]
    public void Before_MQTT_5_there_is_no_property_to_send()
    {
        var message = OutgoingPublishTests.FullMessage with { ExpiresAt = DateTimeOffset.MaxValue };

        Assert.Equal(
            [Sent("32 \"a/ü\" 000A 'payload'")],
            Connected(ConnectV311).Delivers(Qos1 with { Message = message, SubscriptionIdentifiers = [1] }));
    }

    [Fact, Spec("MQTT-3.3.4-3"), Spec("MQTT-3.3.4-4")]
    public void Subscription_Identifiers_and_properties_are_sent_along()
    {
        var message = OutgoingPublishTests.FullMessage with { ExpiresAt = DateTimeOffset.MaxValue };

        Assert.Equal(
            [Sent("32 \"a/ü\" 000A [02 FFFFFFFF 0B 01 0B FFFFFF7F 01 01 03 \"text/plain\" 08 \"r\" 09 0002 0102 26 \"k\" \"v\" 26 \"k\" \"ä\"] 'payload'")],
            Connected(ConnectV5).Delivers(Qos1 with { Message = message, SubscriptionIdentifiers = [1, 268_435_455] }));
    }

    [Fact, Spec("MQTT-3.1.2-24"), Spec("MQTT-3.1.2-25")]
    public void A_message_larger_than_the_client_takes_is_discarded_and_counted()
    {
        var talk = Connected("10 \"MQTT\" 05 02 0000 [27 00000040] \"c\"", new MqttOptions { MaxPacketSize = 1_024 });
        var fits = OutgoingPublishTests.MessageOf("t", new string('x', 64 - 8));
        var tooLarge = OutgoingPublishTests.MessageOf("t", new string('x', 64 - 7));

        Assert.StartsWith("< ", Assert.Single(talk.Delivers(Qos1 with { Message = fits })), StringComparison.Ordinal);
        Assert.Equal(["discard 10 Oversize"], talk.Delivers(Qos1 with { Message = tooLarge }));
        Assert.Equal(["discard 0 Oversize"], talk.Delivers(Qos1 with { Message = tooLarge, PacketId = 0, Qos = QualityOfService.AtMostOnce, Retain = true, SubscriptionIdentifiers = [1, 2] }));
    }

    [Fact, Spec("MQTT-3.14.2-3"), Spec("MQTT-3.1.2-24")]
    public void The_reason_in_words_is_left_out_for_a_client_that_takes_little()
    {
        var talk = Connected("10 \"MQTT\" 05 02 0000 [27 00000012] \"c\"");

        Assert.Equal(["refuse InvalidValue", Sent("E0 82"), "close, will"], talk.Says("32 \"t\" 0000 00"));
    }

    [Fact, Spec("MQTT-3.1.2-26"), Spec("MQTT-3.3.2-10"), Spec("MQTT-3.3.2-11")]
    public void A_client_that_takes_Topic_Aliases_gets_them_first_come_first_served()
    {
        var talk = Connected("10 \"MQTT\" 05 02 0000 [22 0002] \"c\"");
        Delivery To(string topic) => new(DeliveryKind.Publish, 0, OutgoingPublishTests.MessageOf(topic, "x"), QualityOfService.AtMostOnce, false, false, null);

        Assert.Equal([Sent("30 \"a\" [23 0001] 'x'")], talk.Delivers(To("a")));
        Assert.Equal([Sent("30 \"b\" [23 0002] 'x'")], talk.Delivers(To("b")));
        Assert.Equal([Sent("30 \"c\" 00 'x'")], talk.Delivers(To("c")));
        Assert.Equal([Sent("30 \"\" [23 0002] 'x'")], talk.Delivers(To("b")));
        Assert.Equal([Sent("30 \"\" [23 0001] 'x'")], talk.Delivers(To("a")));
    }

    [Fact]
    public void No_more_Topic_Aliases_are_used_than_the_options_allow()
    {
        var talk = Connected("10 \"MQTT\" 05 02 0000 [22 FFFF] \"c\"", new MqttOptions { TopicAliasMaximum = 0 });

        Assert.Equal([Sent("32 \"t\" 000A 00 'hi'")], talk.Delivers(Qos1));
    }

    [Fact]
    public void A_message_that_was_too_large_does_not_introduce_a_Topic_Alias()
    {
        var talk = Connected("10 \"MQTT\" 05 02 0000 [22 000A 27 00000020] \"c\"");

        Assert.Equal(["discard 10 Oversize"], talk.Delivers(Qos1 with { Message = OutgoingPublishTests.MessageOf("t", new string('x', 32)) }));
        Assert.Equal([Sent("32 \"t\" 000A [23 0001] 'hi'")], talk.Delivers(Qos1));
    }

    [Fact]
    public void A_message_that_fits_without_a_Topic_Alias_is_sent_without()
    {
        var talk = Connected("10 \"MQTT\" 05 02 0000 [22 000A 27 00000020] \"c\"");
        var payload = new string('x', 32 - 8);

        Assert.Equal([Sent($"32 \"t\" 000A 00 '{payload}'")], talk.Delivers(Qos1 with { Message = OutgoingPublishTests.MessageOf("t", payload) }));
        Assert.Equal([Sent("32 \"t\" 000A [23 0001] 'hi'")], talk.Delivers(Qos1));
        Assert.Equal([Sent($"32 \"t\" 000A 00 '{payload}'")], talk.Delivers(Qos1 with { Message = OutgoingPublishTests.MessageOf("t", payload) }));
    }

    [Fact]
    public void Nothing_is_sent_after_the_end()
    {
        var talk = Connected(ConnectV5);
        talk.Says("E0");

        Assert.False(talk.Peer.WantsDelivery);
        Assert.Empty(talk.Delivers(Qos1));
        Assert.Empty(talk.Delivers(Release));
        Assert.Equal(["discard 0 Offline"], talk.Delivers(Qos1 with { PacketId = 0, Qos = QualityOfService.AtMostOnce }));
    }
}
