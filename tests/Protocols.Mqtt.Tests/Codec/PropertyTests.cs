using Edge.Messaging.Wire;
using Edge.Protocols.Mqtt.Codec;

namespace Edge.Protocols.Mqtt.Tests.Codec;

public sealed class PropertyTests
{
    /// <summary>MQTT 5.0 table 2-4, row by row, as it is printed there.</summary>
    [Theory]
    [InlineData(PropertyId.PayloadFormatIndicator, "0101", "PUBLISH Will")]
    [InlineData(PropertyId.MessageExpiryInterval, "0200000000", "PUBLISH Will")]
    [InlineData(PropertyId.ContentType, "03\"x\"", "PUBLISH Will")]
    [InlineData(PropertyId.ResponseTopic, "08\"x\"", "PUBLISH Will")]
    [InlineData(PropertyId.CorrelationData, "09 0000", "PUBLISH Will")]
    [InlineData(PropertyId.SubscriptionIdentifier, "0B01", "PUBLISH SUBSCRIBE")]
    [InlineData(PropertyId.SessionExpiryInterval, "1100000000", "CONNECT CONNACK DISCONNECT")]
    [InlineData(PropertyId.AssignedClientIdentifier, "12\"x\"", "CONNACK")]
    [InlineData(PropertyId.ServerKeepAlive, "130000", "CONNACK")]
    [InlineData(PropertyId.AuthenticationMethod, "15\"x\"", "CONNECT CONNACK AUTH")]
    [InlineData(PropertyId.AuthenticationData, "160000", "CONNECT CONNACK AUTH")]
    [InlineData(PropertyId.RequestProblemInformation, "1700", "CONNECT")]
    [InlineData(PropertyId.WillDelayInterval, "1800000000", "Will")]
    [InlineData(PropertyId.RequestResponseInformation, "1900", "CONNECT")]
    [InlineData(PropertyId.ResponseInformation, "1A\"x\"", "CONNACK")]
    [InlineData(PropertyId.ServerReference, "1C\"x\"", "CONNACK DISCONNECT")]
    [InlineData(PropertyId.ReasonString, "1F\"x\"", "CONNACK PUBACK PUBREC PUBREL PUBCOMP SUBACK UNSUBACK DISCONNECT AUTH")]
    [InlineData(PropertyId.ReceiveMaximum, "210001", "CONNECT CONNACK")]
    [InlineData(PropertyId.TopicAliasMaximum, "220000", "CONNECT CONNACK")]
    [InlineData(PropertyId.TopicAlias, "230001", "PUBLISH")]
    [InlineData(PropertyId.MaximumQoS, "2401", "CONNACK")]
    [InlineData(PropertyId.RetainAvailable, "2500", "CONNACK")]
    [InlineData(PropertyId.UserProperty, "26\"x\"\"y\"", "CONNECT CONNACK PUBLISH Will PUBACK PUBREC PUBREL PUBCOMP SUBSCRIBE SUBACK UNSUBSCRIBE UNSUBACK DISCONNECT AUTH")]
    [InlineData(PropertyId.MaximumPacketSize, "2700000001", "CONNECT CONNACK")]
    [InlineData(PropertyId.WildcardSubscriptionAvailable, "2800", "CONNACK")]
    [InlineData(PropertyId.SubscriptionIdentifierAvailable, "2900", "CONNACK")]
    [InlineData(PropertyId.SharedSubscriptionAvailable, "2A00", "CONNACK")]
    public void A_property_stands_where_table_2_4_says_and_nowhere_else(PropertyId id, string octets, string places)
    {
        foreach (var (place, packet) in Places)
        {
            var method = place == "AUTH" && id != PropertyId.AuthenticationMethod || (id == PropertyId.AuthenticationData && place == "CONNECT") ? "15\"m\"" : "";
            var frame = Hex.Packet(packet.Replace("*", octets + method, StringComparison.Ordinal));
            var allowed = places.Split(' ').Contains(place);

            Assert.True((AnyPacket.Parse(frame, MqttVersion.Mqtt5) == ParseError.None) == allowed, $"{id} in {place}");
        }
    }

    private static (string Place, string Packet)[] Places =>
    [
        ("CONNECT", "10 \"MQTT\" 05 02 0000 [*] \"c\""),
        ("Will", "10 \"MQTT\" 05 06 0000 00 \"c\" [*] \"w\" \"x\""),
        ("CONNACK", "20 00 00 [*]"),
        ("PUBLISH", "30 \"t\" [*]"),
        ("PUBACK", "40 0001 00 [*]"),
        ("PUBREC", "50 0001 00 [*]"),
        ("PUBREL", "62 0001 00 [*]"),
        ("PUBCOMP", "70 0001 00 [*]"),
        ("SUBSCRIBE", "82 0001 [*] \"t\" 00"),
        ("SUBACK", "90 0001 [*] 00"),
        ("UNSUBSCRIBE", "A2 0001 [*] \"t\""),
        ("UNSUBACK", "B0 0001 [*] 00"),
        ("DISCONNECT", "E0 00 [*]"),
        ("AUTH", "F0 18 [*]"),
    ];

    [Fact]
    public void Properties_are_found_by_their_identifier()
    {
        Assert.True(ConnAck.TryParse(Hex.Packet("20 00 00 [21 0020 26 \"k\" \"v\" 12 \"auto-1\" 26 \"k\" \"w\"]"), MqttVersion.Mqtt5, out var connAck, out _));

        Assert.Equal(32u, connAck.Properties.Number(PropertyId.ReceiveMaximum));
        Assert.Null(connAck.Properties.Number(PropertyId.MaximumPacketSize));
        Assert.True(connAck.Properties.TryGet(PropertyId.AssignedClientIdentifier, out var assigned));
        Assert.Equal("auto-1", System.Text.Encoding.UTF8.GetString(assigned));
        Assert.False(connAck.Properties.TryGet(PropertyId.ReasonString, out _));
        var values = "";
        foreach (var property in connAck.Properties)
        {
            values += System.Text.Encoding.UTF8.GetString(property.UserValue);
        }

        Assert.Equal("vw", values);
    }

    [Fact]
    public void A_property_of_the_wrong_kind_is_a_fault_of_the_program()
    {
        Assert.Throws<ArgumentException>(() => new PropertyWriter(new byte[10]).Add(PropertyId.ReasonString, 1));
        Assert.Throws<ArgumentException>(() => new PropertyWriter(new byte[10]).Add(PropertyId.ReceiveMaximum, "1"));
        Assert.Throws<ArgumentException>(() => new PropertyWriter(new byte[10]).Add(PropertyId.ReceiveMaximum, "1"u8));
        Assert.Throws<OverflowException>(() => new PropertyWriter(new byte[10]).Add(PropertyId.ReceiveMaximum, 65_536));
    }
}
