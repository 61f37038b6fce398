using System.Text;
using Edge.Messaging;
using Edge.Protocols.Mqtt.Codec;

namespace Edge.Protocols.Mqtt.Tests.Codec;

public sealed class OutgoingPublishTests
{
    internal static Message FullMessage { get; } = MessageOf("a/ü", "payload", new MessageProperties
    {
        PayloadIsText = true,
        ContentType = "text/plain",
        ResponseTopic = "r",
        CorrelationData = new byte[] { 1, 2 },
        UserProperties = [new("k", "v"), new("k", "ä")],
    });

    internal static Message MessageOf(string topic, string payload, MessageProperties? properties = null)
    {
        Assert.True(TopicName.TryParse(topic, out var name));
        return new Message { Topic = name, Payload = Encoding.UTF8.GetBytes(payload), Properties = properties };
    }

    internal static Delivery DeliveryOf(Message message) =>
        new(DeliveryKind.Publish, 10, message, QualityOfService.AtLeastOnce, Retain: true, Dup: true, null);

    [Theory, Spec("MQTT-2.2.1-2"), Spec("MQTT-3.3.1-2"), Spec("MQTT-4.3.1-1")]
    [InlineData(QualityOfService.AtMostOnce, MqttVersion.Mqtt311, "31 \"a/ü\" 'payload'")]
    [InlineData(QualityOfService.AtLeastOnce, MqttVersion.Mqtt31, "3B \"a/ü\" 000A 'payload'")]
    [InlineData(QualityOfService.ExactlyOnce, MqttVersion.Mqtt311, "3D \"a/ü\" 000A 'payload'")]
    [InlineData(QualityOfService.AtMostOnce, MqttVersion.Mqtt5,
        "31 \"a/ü\" [02 0000003C 0B 01 0B AC02 01 01 03 \"text/plain\" 08 \"r\" 09 0002 0102 26 \"k\" \"v\" 26 \"k\" \"ä\"] 'payload'")]
    [InlineData(QualityOfService.ExactlyOnce, MqttVersion.Mqtt5,
        "3D \"a/ü\" 000A [02 0000003C 0B 01 0B AC02 01 01 03 \"text/plain\" 08 \"r\" 09 0002 0102 26 \"k\" \"v\" 26 \"k\" \"ä\"] 'payload'")]
    public void Is_written_as_its_version_says(QualityOfService qos, MqttVersion version, string expected)
    {
        var delivery = DeliveryOf(FullMessage) with { Qos = qos, SubscriptionIdentifiers = [1, 300] };

        var publish = new OutgoingPublish(delivery, version, 60);
        var written = new byte[publish.Size];
        publish.Write(written);

        Assert.Equal(Hex.Of(Hex.Packet(expected)), Hex.Of(written));
        Assert.True(Publish.TryParse(written, version, out _, out var error), error.ToString());
    }

    [Theory]
    [InlineData(0), InlineData(122), InlineData(123), InlineData(16_378), InlineData(16_379), InlineData(2_097_146), InlineData(2_097_147)]
    public void Size_is_right_where_Remaining_Length_grows(int payload)
    {
        var message = MessageOf("t", new string('x', payload));

        var publish = new OutgoingPublish(message, QualityOfService.AtLeastOnce, false, false, 1, MqttVersion.Mqtt311);
        var written = new byte[publish.Size];
        publish.Write(written);

        Assert.True(Publish.TryParse(written, MqttVersion.Mqtt311, out var parsed, out var error), error.ToString());
        Assert.Equal(payload, parsed.Payload.Length);
    }
}
