using Edge.Messaging.Wire;
using Edge.Protocols.Mqtt.Codec;

namespace Edge.Protocols.Mqtt.Tests.Codec;

/// <summary>Every way to be malformed, with the reason it is refused for.</summary>
public sealed class RefusalTests
{
    [Theory]
    [InlineData("", ParseError.Truncated)]
    [InlineData("30", ParseError.Truncated)]
    [InlineData("30 80 80 80", ParseError.Truncated)]
    [InlineData("30 80 80 80 80 01", ParseError.LengthMismatch)]
    [InlineData("30 FF FF FF FF 7F", ParseError.LengthMismatch)]
    [InlineData("C0 01", ParseError.LengthMismatch)]
    [InlineData("C0 80 00", ParseError.LengthMismatch)]
    [InlineData("00 00", ParseError.UnknownType)]
    public void Fixed_header(string octets, ParseError expected) => RefusedOctets(Hex.Parse(octets), MqttVersion.Mqtt5, expected);

    [Theory]
    [InlineData("11"), InlineData("21"), InlineData("41"), InlineData("58"), InlineData("60"), InlineData("63"), InlineData("72")]
    [InlineData("80"), InlineData("83"), InlineData("92"), InlineData("A0"), InlineData("B1"), InlineData("C8"), InlineData("D4"), InlineData("E2")]
    public void Reserved_flags_of_the_fixed_header(string first)
    {
        RefusedOctets(Hex.Parse(first + "00"), MqttVersion.Mqtt311, ParseError.ReservedValue);
        RefusedOctets(Hex.Parse(first + "00"), MqttVersion.Mqtt5, ParseError.ReservedValue);
    }

    [Fact]
    public void Remaining_Length_may_be_longer_than_it_needs_before_MQTT_5()
    {
        Assert.Equal(ParseError.None, AnyPacket.Parse(Hex.Parse("C0 80 80 00"), MqttVersion.Mqtt311));
        Assert.Equal(ParseError.None, AnyPacket.Parse(Hex.Parse("10 8D 00 \"MQTT\" 04 02 0000 \"c\""), MqttVersion.Mqtt311));
        RefusedOctets(Hex.Parse("10 8E 00 \"MQTT\" 05 02 0000 00 \"c\""), MqttVersion.Mqtt5, ParseError.LengthMismatch);
    }

    [Fact]
    public void Repeated_flags_of_MQTT_3_1_are_taken()
    {
        Assert.Equal(ParseError.None, AnyPacket.Parse(Hex.Packet("8A 0001 \"t\" 00"), MqttVersion.Mqtt31));
        Assert.Equal(ParseError.None, AnyPacket.Parse(Hex.Packet("6A 0001"), MqttVersion.Mqtt31));
    }

    [Theory]
    [InlineData("10 \"MQTT\" 06 02 0000 00 \"c\"", ParseError.UnsupportedVersion)]
    [InlineData("10 \"MQTT\" 03 02 0000 \"c\"", ParseError.UnsupportedVersion)]
    [InlineData("10 \"MQTT\" 84 02 0000 \"c\"", ParseError.UnsupportedVersion)]
    [InlineData("10 \"MQIsdp\" 04 02 0000 \"c\"", ParseError.UnsupportedVersion)]
    [InlineData("10 \"mqtt\" 04 02 0000 \"c\"", ParseError.UnsupportedVersion)]
    [InlineData("10 \"MQTT\" 04 03 0000 \"c\"", ParseError.ReservedValue)] // MQTT 3.1.1 [MQTT-3.1.2-3]
    [InlineData("10 \"MQTT\" 04 1E 0000 \"c\" \"w\" \"x\"", ParseError.InvalidValue)] // Will QoS 3
    [InlineData("10 \"MQTT\" 04 0A 0000 \"c\"", ParseError.InvalidValue)] // Will QoS without Will
    [InlineData("10 \"MQTT\" 04 22 0000 \"c\"", ParseError.InvalidValue)] // Will Retain without Will
    [InlineData("10 \"MQTT\" 04 42 0000 \"c\" \"p\"", ParseError.InvalidValue)] // MQTT 3.1.1 [MQTT-3.1.2-22]
    [InlineData("10 \"MQTT\" 04 02 0000 0001 00", ParseError.InvalidText)]
    [InlineData("10 \"MQTT\" 04 02 0000 0003 EDA080", ParseError.InvalidText)] // [MQTT-1.5.4-1]: U+D800
    [InlineData("10 \"MQTT\" 04 82 0000 \"c\" 0001 FF", ParseError.InvalidText)]
    [InlineData("10 \"MQTT\" 04 06 0000 \"c\" \"a/+\" \"x\"", ParseError.InvalidTopic)]
    [InlineData("10 \"MQTT\" 04 06 0000 \"c\" \"\" \"x\"", ParseError.InvalidTopic)]
    [InlineData("10 \"MQTT\" 04 02 0000 \"c\" 00", ParseError.LengthMismatch)]
    [InlineData("10 \"MQTT\" 04 82 0000 \"c\"", ParseError.Truncated)]
    [InlineData("10 \"MQTT\" 04", ParseError.Truncated)]
    [InlineData("10 0004 'MQ'", ParseError.Truncated)]
    [InlineData("10 \"MQTT\" 05 02 0000 [16 \"d\"] \"c\"", ParseError.InvalidProperty)] // data without method
    [InlineData("10 \"MQTT\" 05 02 0000 [21 0000] \"c\"", ParseError.InvalidProperty)] // Receive Maximum 0
    [InlineData("10 \"MQTT\" 05 02 0000 [27 00000000] \"c\"", ParseError.InvalidProperty)] // Maximum Packet Size 0
    [InlineData("10 \"MQTT\" 05 02 0000 [17 02] \"c\"", ParseError.InvalidProperty)]
    [InlineData("10 \"MQTT\" 05 02 0000 [17 01 17 01] \"c\"", ParseError.InvalidProperty)] // twice
    [InlineData("10 \"MQTT\" 05 02 0000 [18 00000001] \"c\"", ParseError.InvalidProperty)] // Will's, outside the Will
    [InlineData("10 \"MQTT\" 05 06 0000 00 \"c\" [11 00000001] \"w\" \"x\"", ParseError.InvalidProperty)] // CONNECT's, in the Will
    [InlineData("10 \"MQTT\" 05 06 0000 00 \"c\" [08 \"a/#\"] \"w\" \"x\"", ParseError.InvalidProperty)]
    [InlineData("10 \"MQTT\" 05 03 0000 00 \"c\"", ParseError.ReservedValue)] // [MQTT-3.1.2-3]
    [InlineData("10 \"MQTT\" 05 06 0000 00 \"c\"", ParseError.Truncated)] // [MQTT-3.1.2-9]: no Will
    [InlineData("10 \"MQTT\" 05 02 0000 00 \"c\" 00 \"w\" \"x\"", ParseError.LengthMismatch)] // a Will without its flag
    [InlineData("10 \"MQTT\" 05 0A 0000 00 \"c\"", ParseError.InvalidValue)] // [MQTT-3.1.2-11]
    [InlineData("10 \"MQTT\" 05 1E 0000 00 \"c\" 00 \"w\" \"x\"", ParseError.InvalidValue)] // [MQTT-3.1.2-12]
    [InlineData("10 \"MQTT\" 05 22 0000 00 \"c\"", ParseError.InvalidValue)] // [MQTT-3.1.2-13]
    [InlineData("10 \"MQTT\" 05 02 0000 00 \"c\" \"u\"", ParseError.LengthMismatch)] // [MQTT-3.1.2-16]
    [InlineData("10 \"MQTT\" 05 82 0000 00 \"c\"", ParseError.Truncated)] // [MQTT-3.1.2-17]
    [InlineData("10 \"MQTT\" 05 82 0000 00 \"c\" \"u\" \"p\"", ParseError.LengthMismatch)] // [MQTT-3.1.2-18]
    [InlineData("10 \"MQTT\" 05 C2 0000 00 \"c\" \"u\"", ParseError.Truncated)] // [MQTT-3.1.2-19]
    [InlineData("10 \"MQTT\" 05 02 0000 00", ParseError.Truncated)] // [MQTT-3.1.3-3]
    [InlineData("10 \"MQTT\" 05 02 0000 00 0001 FF", ParseError.InvalidText)] // [MQTT-3.1.3-4]
    [InlineData("10 \"MQTT\" 05 02 0000 00 0003 EDA080", ParseError.InvalidText)] // [MQTT-1.5.4-1]: U+D800
    [InlineData("10 \"MQTT\" 05 02 0000 00 0002 6100", ParseError.InvalidText)] // [MQTT-1.5.4-2]
    [InlineData("10 \"MQTT\" 05 06 0000 00 \"c\" 00 0001 FF \"x\"", ParseError.InvalidText)] // [MQTT-3.1.3-11]
    [InlineData("10 \"MQTT\" 05 82 0000 00 \"c\" 0001 FF", ParseError.InvalidText)] // [MQTT-3.1.3-12]
    public void Connect(string packet, ParseError expected) => Refused(packet, MqttVersion.Mqtt5, expected);

    [Theory]
    [InlineData("36 \"t\" 0001", ParseError.ReservedValue)] // [MQTT-3.3.1-4]: QoS 3
    [InlineData("38 \"t\"", ParseError.InvalidValue)] // [MQTT-3.3.1-2]: DUP at QoS 0
    [InlineData("32 \"t\" 0000", ParseError.InvalidValue)] // [MQTT-2.2.1-3]
    [InlineData("32 \"t\" 00", ParseError.Truncated)]
    [InlineData("30 0005 't'", ParseError.Truncated)]
    [InlineData("30 0000", ParseError.InvalidTopic)]
    [InlineData("30 \"a/+\"", ParseError.InvalidTopic)] // [MQTT-3.3.2-2]
    [InlineData("30 \"#\"", ParseError.InvalidTopic)]
    [InlineData("30 0002 6100", ParseError.InvalidText)]
    [InlineData("30 0002 C080", ParseError.InvalidText)] // overlong U+0000
    public void Publish(string packet, ParseError expected) => Refused(packet, MqttVersion.Mqtt311, expected);

    [Theory]
    [InlineData("36 \"t\" 0001 00", ParseError.ReservedValue)] // [MQTT-3.3.1-4]
    [InlineData("38 \"t\" 00", ParseError.InvalidValue)] // [MQTT-3.3.1-2]
    [InlineData("32 \"t\" 0000 00", ParseError.InvalidValue)] // [MQTT-2.2.1-3]
    [InlineData("30 \"a/+\" 00", ParseError.InvalidTopic)] // [MQTT-3.3.2-2]
    [InlineData("30 0001 FF 00", ParseError.InvalidText)] // [MQTT-3.3.2-1]
    [InlineData("30 0002 6100 00", ParseError.InvalidText)] // [MQTT-4.7.3-2]
    [InlineData("30 0000 00", ParseError.InvalidValue)] // §3.3.2.1: neither name nor alias
    [InlineData("30 \"t\"", ParseError.Truncated)]
    [InlineData("30 \"t\" 05 23 0001", ParseError.Truncated)]
    [InlineData("30 \"t\" [05 01]", ParseError.ReservedValue)] // no such property
    [InlineData("30 \"t\" [A6 01]", ParseError.ReservedValue)]
    [InlineData("30 \"t\" [11 00000001]", ParseError.InvalidProperty)] // CONNECT's
    [InlineData("30 \"t\" [23 0001 23 0001]", ParseError.InvalidProperty)] // twice
    [InlineData("30 \"t\" [01 02]", ParseError.InvalidProperty)]
    [InlineData("30 \"t\" [0B 00]", ParseError.InvalidProperty)] // §3.8.2.1.2
    [InlineData("30 \"t\" [0B FFFFFFFF7F]", ParseError.InvalidProperty)]
    [InlineData("30 \"t\" [02 0001]", ParseError.Truncated)]
    [InlineData("30 \"t\" [03 0005 'a']", ParseError.Truncated)]
    [InlineData("30 \"t\" [03 0001 80]", ParseError.InvalidText)]
    [InlineData("30 \"t\" [08 0001 FF]", ParseError.InvalidText)] // [MQTT-3.3.2-13]
    [InlineData("30 \"t\" [26 \"a\" 0001 00]", ParseError.InvalidText)] // [MQTT-1.5.7-1]
    [InlineData("30 \"t\" [26 0001 FF \"a\"]", ParseError.InvalidText)]
    [InlineData("30 \"t\" [08 \"\"]", ParseError.InvalidProperty)]
    [InlineData("30 \"t\" [08 \"a/#\"]", ParseError.InvalidProperty)] // [MQTT-3.3.2-14]
    [InlineData("30 \"t\" 8000", ParseError.LengthMismatch)] // Property Length longer than it needs
    [InlineData("30 \"t\" FFFFFFFFFF", ParseError.LengthMismatch)]
    public void Publish_of_MQTT_5(string packet, ParseError expected) => Refused(packet, MqttVersion.Mqtt5, expected);

    [Theory]
    [InlineData("40 0000", ParseError.InvalidValue)]
    [InlineData("40 00", ParseError.Truncated)]
    [InlineData("40 0001 92", ParseError.ReservedValue)] // PUBREL's
    [InlineData("50 0001 11", ParseError.ReservedValue)] // UNSUBACK's
    [InlineData("62 0001 10", ParseError.ReservedValue)] // PUBACK's
    [InlineData("70 0001 FF", ParseError.ReservedValue)]
    [InlineData("40 0001 00 [23 0001]", ParseError.InvalidProperty)]
    [InlineData("40 0001 00 00 00", ParseError.LengthMismatch)]
    [InlineData("40 0001 00 05 1F", ParseError.Truncated)]
    public void Acknowledgements(string packet, ParseError expected) => Refused(packet, MqttVersion.Mqtt5, expected);

    [Theory]
    [InlineData("82 0001", ParseError.InvalidValue)] // MQTT 3.1.1 [MQTT-3.8.3-3]: no filter
    [InlineData("82 0000 \"t\" 00", ParseError.InvalidValue)]
    [InlineData("82 0001 \"\" 00", ParseError.InvalidTopic)]
    [InlineData("82 0001 \"t\"", ParseError.Truncated)]
    [InlineData("82 0001 \"t\" 03", ParseError.ReservedValue)]
    [InlineData("82 0001 \"t\" 04", ParseError.ReservedValue)] // MQTT 3.1.1 [MQTT-3-8.3-4]: No Local came later
    [InlineData("82 0001 0001 FF 00", ParseError.InvalidText)]
    [InlineData("A2 0001", ParseError.InvalidValue)]
    [InlineData("A2 0000 \"t\"", ParseError.InvalidValue)]
    [InlineData("A2 0001 \"\"", ParseError.InvalidTopic)]
    [InlineData("A2 0001 0005 't'", ParseError.Truncated)]
    [InlineData("A2 0001 0001 00", ParseError.InvalidText)]
    public void Subscribe_and_Unsubscribe(string packet, ParseError expected) => Refused(packet, MqttVersion.Mqtt311, expected);

    [Theory]
    [InlineData("82 0001 00", ParseError.InvalidValue)] // [MQTT-3.8.3-2]
    [InlineData("82 0000 00 \"t\" 00", ParseError.InvalidValue)] // [MQTT-2.2.1-3]
    [InlineData("82 0001 00 0001 FF 00", ParseError.InvalidText)] // [MQTT-3.8.3-1]
    [InlineData("82 0001 00 \"\" 00", ParseError.InvalidTopic)] // [MQTT-4.7.3-1]
    [InlineData("82 0001 00 \"t\" 03", ParseError.ReservedValue)]
    [InlineData("82 0001 00 \"t\" 80", ParseError.ReservedValue)] // [MQTT-3.8.3-5]
    [InlineData("A2 0001 00", ParseError.InvalidValue)] // [MQTT-3.10.3-2]
    [InlineData("A2 0000 00 \"t\"", ParseError.InvalidValue)] // [MQTT-2.2.1-3]
    [InlineData("A2 0001 00 0001 FF", ParseError.InvalidText)] // [MQTT-3.10.3-1]
    [InlineData("82 0001 00 \"t\" 40", ParseError.ReservedValue)] // [MQTT-3.8.3-5]
    [InlineData("82 0001 00 \"t\" 30", ParseError.InvalidValue)] // Retain Handling 3
    [InlineData("82 0001 [0B 00] \"t\" 00", ParseError.InvalidProperty)]
    [InlineData("82 0001 [0B 01 0B 02] \"t\" 00", ParseError.InvalidProperty)] // repeats in PUBLISH only
    [InlineData("A2 0001 [0B 01] \"t\"", ParseError.InvalidProperty)]
    [InlineData("90 0001 00 03", ParseError.ReservedValue)]
    [InlineData("90 0001 00", ParseError.InvalidValue)]
    [InlineData("90 0000 00 00", ParseError.InvalidValue)]
    [InlineData("B0 0001 00 10", ParseError.ReservedValue)]
    [InlineData("B0 0001 00", ParseError.InvalidValue)]
    [InlineData("20 02 00 00", ParseError.ReservedValue)]
    [InlineData("20 00 01 00", ParseError.ReservedValue)]
    [InlineData("20 01 87 00", ParseError.InvalidValue)] // [MQTT-3.2.2-6]
    [InlineData("20 00 00 [24 02]", ParseError.InvalidProperty)]
    [InlineData("E0 10", ParseError.ReservedValue)]
    [InlineData("E0 00 [12 \"c\"]", ParseError.InvalidProperty)]
    [InlineData("F0 18", ParseError.InvalidProperty)] // no method
    [InlineData("F0 01", ParseError.ReservedValue)] // [MQTT-3.15.2-1]
    [InlineData("F1 18 [15 \"M\"]", ParseError.ReservedValue)] // [MQTT-3.15.1-1]
    [InlineData("F8", ParseError.ReservedValue)]
    public void Other_packets_of_MQTT_5(string packet, ParseError expected) => Refused(packet, MqttVersion.Mqtt5, expected);

    [Theory]
    [InlineData("20 00 06", ParseError.ReservedValue)]
    [InlineData("90 0001 81", ParseError.ReservedValue)]
    [InlineData("B0 0001 00", ParseError.LengthMismatch)]
    [InlineData("40 0001 00", ParseError.LengthMismatch)]
    [InlineData("E0 00", ParseError.LengthMismatch)]
    [InlineData("F0", ParseError.UnknownType)]
    public void Other_packets_before_MQTT_5(string packet, ParseError expected) => Refused(packet, MqttVersion.Mqtt311, expected);

    private static void Refused(string packet, MqttVersion version, ParseError expected) =>
        RefusedOctets(Hex.Packet(packet), version, expected);

    private static void RefusedOctets(byte[] octets, MqttVersion version, ParseError expected) =>
        Assert.Equal(expected, AnyPacket.Parse(octets, version));
}
