using Edge.Messaging.Wire;
using Edge.Protocols.Mqtt.Codec;

namespace Edge.Protocols.Mqtt.Tests.Codec;

/// <summary>Octets as the specifications draw them and as foreign programs send them.</summary>
public sealed class VectorTests
{
    public static TheoryData<string, MqttVersion, string> Vectors => new()
    {
        { "CONNECT, MQTT 5.0 figure 3-6", MqttVersion.Mqtt5, "10 \"MQTT\" 05 CE 000A 05 11 0000000A \"c\" 00 \"w\" \"x\" \"u\" \"p\"" },
        { "CONNECT, MQTT 3.1.1 figure 3.6", MqttVersion.Mqtt311, "10 \"MQTT\" 04 CE 000A \"c\" \"w\" \"x\" \"u\" \"p\"" },
        { "CONNECT, MQTT 3.1", MqttVersion.Mqtt31, "10 \"MQIsdp\" 03 02 003C \"client\"" },
        { "CONNECT, every property", MqttVersion.Mqtt5,
            "10 \"MQTT\" 05 2E 0000 [11 FFFFFFFF 21 0014 27 00010000 22 000A 19 01 17 00 15 \"m\" 16 \"d\" 26 \"a\" \"b\"]"
            + "\"c\" [18 00000005 01 01 02 00000E10 03 \"t\" 08 \"r/s\" 09 \"1\" 26 \"k\" \"v\"] \"w\" \"x\"" },
        { "CONNACK, MQTT 3.1.1", MqttVersion.Mqtt311, "20 01 00" },
        { "CONNACK, refused", MqttVersion.Mqtt311, "20 00 05" },
        { "CONNACK, MQTT 5.0", MqttVersion.Mqtt5, "20 00 00 [21 0020 22 0010 12 \"auto-1\" 13 003C 27 00100000 2A 00]" },
        { "PUBLISH, figure 3-10: a/b, Packet Identifier 10, no properties", MqttVersion.Mqtt5, "32 \"a/b\" 000A 00" },
        { "PUBLISH, MQTT 3.1.1 figure 3.11", MqttVersion.Mqtt311, "32 \"a/b\" 000A" },
        { "PUBLISH, QoS 0", MqttVersion.Mqtt311, "31 \"t\" 'payload'" },
        { "PUBLISH, QoS 2, DUP, RETAIN", MqttVersion.Mqtt311, "3D \"t\" FFFF 'payload'" },
        { "PUBLISH, Topic Alias in place of a name", MqttVersion.Mqtt5, "30 0000 03 23 0001 'x'" },
        { "PUBLISH, several Subscription Identifiers", MqttVersion.Mqtt5, "30 \"t\" 0A 0B 01 0B FF7F 0B FFFFFF7F 'x'" },
        { "PUBACK, MQTT 3.1.1", MqttVersion.Mqtt311, "40 0001" },
        { "PUBACK, reason", MqttVersion.Mqtt5, "40 0001 10" },
        { "PUBACK, reason string", MqttVersion.Mqtt5, "40 0001 87 05 1F \"no\"" },
        { "PUBREC", MqttVersion.Mqtt5, "50 0001" },
        { "PUBREL", MqttVersion.Mqtt5, "62 0001 92" },
        { "PUBCOMP", MqttVersion.Mqtt311, "70 0001" },
        { "SUBSCRIBE, figure 3-21", MqttVersion.Mqtt5, "82 000A 00 \"a/b\" 01 \"c/d\" 02" },
        { "SUBSCRIBE, all options and an identifier", MqttVersion.Mqtt5, "82 000A 02 0B 07 \"a/#\" 2E" },
        { "SUBSCRIBE, MQTT 3.1.1 figure 3.23", MqttVersion.Mqtt311, "82 000A \"a/b\" 01 \"c/d\" 00" },
        { "SUBACK, MQTT 3.1.1 figure 3.26", MqttVersion.Mqtt311, "90 000A 00 02 80" },
        { "SUBACK, MQTT 5.0", MqttVersion.Mqtt5, "90 000A 00 01 8F 97" },
        { "UNSUBSCRIBE, figure 3-30", MqttVersion.Mqtt5, "A2 000A 00 \"a/b\" \"c/d\"" },
        { "UNSUBACK, MQTT 3.1.1", MqttVersion.Mqtt311, "B0 000A" },
        { "UNSUBACK, MQTT 5.0", MqttVersion.Mqtt5, "B0 000A 00 00 11" },
        { "PINGREQ", MqttVersion.Mqtt311, "C0" },
        { "PINGRESP", MqttVersion.Mqtt5, "D0" },
        { "DISCONNECT, normal", MqttVersion.Mqtt311, "E0" },
        { "DISCONNECT, with Will and Session Expiry Interval", MqttVersion.Mqtt5, "E0 04 05 11 0000003C" },
        { "AUTH", MqttVersion.Mqtt5, "F0 18 08 15 \"m\" 16 \"d\"" },
        { "AUTH, anew", MqttVersion.Mqtt5, "F0 19 [15 \"SCRAM-SHA-256\" 16 \"n,,n=user,r=rOprNGfwEbeRWgbNEkqO\"]" },
        { "AUTH, done", MqttVersion.Mqtt5, "F0 00 [15 \"m\" 1F \"well\" 26 \"k\" \"v\"]" },
    };

    /// <summary>Version, octets and name of what foreign programs said, from <c>tests/Vectors/mqtt</c>.</summary>
    public static TheoryData<string, MqttVersion, string> Recorded
    {
        get
        {
            var data = new TheoryData<string, MqttVersion, string>();
            foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Vectors"), "*.hex"))
            {
                foreach (var line in File.ReadLines(file).Where(line => !line.StartsWith('#')))
                {
                    var (octets, name) = (line[2..line.IndexOf('|')].Trim(), line[(line.IndexOf('|') + 2)..]);
                    data.Add(name, (MqttVersion)(line[0] - '0'), octets);
                }
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Recorded))]
    public void What_foreign_programs_say_is_taken_and_written_back_octet_for_octet(string name, MqttVersion version, string octets)
    {
        var error = AnyPacket.Rewrite(Hex.Parse(octets), version, out var written);

        Assert.True(error == ParseError.None, $"{name}: {error}");
        Assert.Equal(octets, Hex.Of(written));
    }

    [Theory, MemberData(nameof(Vectors))]
    public void Is_taken_and_written_back_octet_for_octet(string name, MqttVersion version, string packet)
    {
        var frame = Hex.Packet(packet);

        var error = AnyPacket.Rewrite(frame, version, out var written);

        Assert.True(error == ParseError.None, $"{name}: {error}");
        Assert.Equal(Hex.Of(frame), Hex.Of(written));
    }

    [Theory, MemberData(nameof(Vectors))]
    public void Is_refused_when_one_octet_is_missing_or_too_many(string name, MqttVersion version, string packet)
    {
        var frame = Hex.Packet(packet);

        Assert.True(AnyPacket.Parse(frame.AsSpan(0, frame.Length - 1), version) != ParseError.None, name);
        Assert.True(AnyPacket.Parse([.. frame, 0], version) != ParseError.None, name);
    }
}
