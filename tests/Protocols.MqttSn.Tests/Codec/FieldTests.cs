using System.Text;
using Edge.Protocols.MqttSn.Codec.V12;

namespace Edge.Protocols.MqttSn.Tests.Codec;

/// <summary>Each field of each message is where MQTT-SN 1.2 §5.4 puts it.</summary>
public sealed class FieldTests
{
    [Theory]
    [InlineData("09 0C 21 0001 002A 6869", MqttSnQos.AtLeastOnce, TopicIdType.Predefined, 1, 42, "hi")]
    [InlineData("08 0C 02 6162 0000 21", MqttSnQos.AtMostOnce, TopicIdType.ShortName, 0x6162, 0, "!")]
    [InlineData("01 0009 0C 60 FFFE 0000", MqttSnQos.MinusOne, TopicIdType.Normal, 0xFFFE, 0, "")]
    public void Publish_has_the_fields_of_5_4_12(string hex, object qos, object topicIdType, int topicId, int msgId, string data)
    {
        Assert.True(AnyMessage.TryParse<Publish>(Hex.Parse(hex), out var publish));

        Assert.Equal((qos, topicIdType, topicId, msgId), (publish.Qos, publish.TopicIdType, publish.TopicId, publish.MsgId));
        Assert.Equal(data, Encoding.UTF8.GetString(publish.Data));
    }

    [Theory]
    [InlineData("07 0C 80 0001 0000", true, false)]
    [InlineData("07 0C 10 0001 0000", false, true)]
    public void Publish_has_dup_and_retain(string hex, bool dup, bool retain)
    {
        Assert.True(AnyMessage.TryParse<Publish>(Hex.Parse(hex), out var publish));

        Assert.Equal((dup, retain), (publish.Dup, publish.Retain));
    }

    [Theory]
    [InlineData("0A 04 04 01 003C 61626364", false, true, 60, "abcd")]
    [InlineData("08 04 08 02 0102 C3A9", true, false, 0x0102, "é")]
    public void Connect_has_the_fields_of_5_4_4(string hex, bool will, bool cleanSession, int duration, string clientId)
    {
        Assert.True(AnyMessage.TryParse<Connect>(Hex.Parse(hex), out var connect));

        Assert.Equal((will, cleanSession, duration), (connect.Will, connect.CleanSession, connect.Duration));
        Assert.Equal(clientId, Encoding.UTF8.GetString(connect.ClientId));
        Assert.Equal(Hex.Parse(hex)[3], connect.ProtocolId);
    }

    [Fact]
    public void Subscribe_has_the_fields_of_5_4_15()
    {
        Assert.True(AnyMessage.TryParse<Subscribe>(Hex.Parse("08 12 C0 0102 612F23"), out var subscribe));

        Assert.Equal((true, MqttSnQos.ExactlyOnce, 0x0102, TopicIdType.Normal), (subscribe.Dup, subscribe.Qos, subscribe.MsgId, subscribe.TopicIdType));
        Assert.Equal("a/#", Encoding.UTF8.GetString(subscribe.Topic));
    }

    [Fact]
    public void Unsubscribe_has_the_fields_of_5_4_17()
    {
        Assert.True(AnyMessage.TryParse<Unsubscribe>(Hex.Parse("07 14 01 0102 0304"), out var unsubscribe));

        Assert.Equal((0x0102, TopicIdType.Predefined), (unsubscribe.MsgId, unsubscribe.TopicIdType));
        Assert.Equal("0304", Hex.Format(unsubscribe.Topic));
    }

    [Fact]
    public void Will_topic_has_the_fields_of_5_4_7()
    {
        Assert.True(AnyMessage.TryParse<WillTopic>(Hex.Parse("05 07 50 612F"), out var will));
        Assert.Equal((MqttSnQos.ExactlyOnce, true, "a/"), (will.Qos, will.Retain, Encoding.UTF8.GetString(will.Topic)));

        Assert.True(AnyMessage.TryParse<WillTopicUpd>(Hex.Parse("05 1A 20 612F"), out var update));
        Assert.Equal((MqttSnQos.AtLeastOnce, false, "a/"), (update.Qos, update.Retain, Encoding.UTF8.GetString(update.Topic)));
    }

    [Fact]
    public void Register_has_the_fields_of_5_4_10()
    {
        Assert.True(AnyMessage.TryParse<Register>(Hex.Parse("09 0A 0102 0304 612F62"), out var register));

        Assert.Equal((0x0102, 0x0304, "a/b"), (register.TopicId, register.MsgId, Encoding.UTF8.GetString(register.TopicName)));
    }

    [Fact]
    public void Small_messages_have_their_fields()
    {
        Assert.True(AnyMessage.TryParse<Advertise>(Hex.Parse("05 00 07 0384"), out var advertise));
        Assert.Equal(new Advertise(GwId: 7, Duration: 900), advertise);
        Assert.True(AnyMessage.TryParse<SearchGw>(Hex.Parse("03 01 02"), out var search));
        Assert.Equal(new SearchGw(Radius: 2), search);
        Assert.True(AnyMessage.TryParse<RegAck>(Hex.Parse("07 0B 0102 0304 02"), out var regAck));
        Assert.Equal(new RegAck(0x0102, 0x0304, MqttSnReturnCode.InvalidTopicId), regAck);
        Assert.True(AnyMessage.TryParse<PubAck>(Hex.Parse("07 0D 0102 0304 01"), out var pubAck));
        Assert.Equal(new PubAck(0x0102, 0x0304, MqttSnReturnCode.Congestion), pubAck);
        Assert.True(AnyMessage.TryParse<SubAck>(Hex.Parse("08 13 40 0102 0304 03"), out var subAck));
        Assert.Equal(new SubAck(MqttSnQos.ExactlyOnce, 0x0102, 0x0304, MqttSnReturnCode.NotSupported), subAck);
        Assert.True(AnyMessage.TryParse<Disconnect>(Hex.Parse("04 18 0102"), out var sleep));
        Assert.Equal(new Disconnect(Duration: 0x0102), sleep);
        Assert.True(AnyMessage.TryParse<Disconnect>(Hex.Parse("02 18"), out var bye));
        Assert.Null(bye.Duration);
    }

    [Fact]
    public void Gateway_info_and_pings_have_their_octets()
    {
        Assert.True(AnyMessage.TryParse<GwInfo>(Hex.Parse("05 02 09 C001"), out var info));
        Assert.Equal((9, "C001"), (info.GwId, Hex.Format(info.GwAdd)));
        Assert.True(AnyMessage.TryParse<PingReq>(Hex.Parse("04 16 6162"), out var ping));
        Assert.Equal("ab", Encoding.UTF8.GetString(ping.ClientId));
        Assert.True(AnyMessage.TryParse<WillMsg>(Hex.Parse("04 09 0001"), out var will));
        Assert.Equal("0001", Hex.Format(will.Message));
        Assert.True(AnyMessage.TryParse<WillMsgUpd>(Hex.Parse("04 1C 0002"), out var update));
        Assert.Equal("0002", Hex.Format(update.Message));
    }

    [Fact]
    public void Encapsulation_has_the_fields_of_5_5()
    {
        Assert.True(Encapsulated.TryParse(Hex.Parse("05 FE 02 C001 02 16"), out var message, out _));

        Assert.Equal((2, "C001", "0216"), (message.Radius, Hex.Format(message.WirelessNodeId), Hex.Format(message.Message)));
    }

    [Theory]
    [InlineData(0), InlineData(248), InlineData(249), InlineData(1_000), InlineData(65_526)]
    public void Length_changes_form_at_256_octets(int dataLength)
    {
        var publish = new Publish { TopicId = 7, Data = new byte[dataLength] };
        var frame = new byte[publish.Size];

        publish.Write(frame);

        Assert.Equal(dataLength + 7 <= 255 ? frame.Length : 1, frame[0]);
        Assert.True(AnyMessage.TryParse<Publish>(frame, out var parsed));
        Assert.Equal(dataLength, parsed.Data.Length);
    }
}
