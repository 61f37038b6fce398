using System.Text;
using Edge.EndToEnd.Tests.Harness;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace Edge.EndToEnd.Tests.Clients;

/// <summary>The client of MQTTnet.</summary>
public sealed class MqttNetClientTests : EndToEndTest
{
    public static MatrixTheoryData<MqttProtocolVersion, int> VersionsAndQos => new([MqttProtocolVersion.V311, MqttProtocolVersion.V500], [0, 1, 2]);

    [Theory, MemberData(nameof(VersionsAndQos))]
    public async Task A_message_comes_back_as_it_was_sent(MqttProtocolVersion version, int qos)
    {
        var gateway = await StartGatewayAsync();
        await using var client = await MqttNetClient.ConnectAsync(gateway.MqttPort, "both", version);
        await client.SubscribeAsync("plant/+/temperature", qos);

        await client.PublishAsync("plant/1/temperature", "21.5", qos);

        var message = await client.ReceiveAsync("plant/1/temperature");
        Assert.Equal(("21.5", qos, false), (message.Text, message.Qos, message.Retain));
    }

    [Theory, InlineData(MqttProtocolVersion.V311), InlineData(MqttProtocolVersion.V500)]
    public async Task A_session_goes_on_where_it_was_left(MqttProtocolVersion version)
    {
        var gateway = await StartGatewayAsync();
        await using (var first = await MqttNetClient.ResumeAsync(gateway.MqttPort, "keeper", version))
        {
            Assert.False(first.ConnAck.IsSessionPresent);
            await first.SubscribeAsync("plant/#");
        }

        var publisher = await ConnectAsync(gateway.MqttPort, "publisher");
        await publisher.PublishAsync("plant/1", "while away");

        await using var again = await MqttNetClient.ResumeAsync(gateway.MqttPort, "keeper", version);
        Assert.True(again.ConnAck.IsSessionPresent);
        Assert.Equal("while away", (await again.ReceiveAsync("plant/1")).Text);
    }

    [Fact]
    public async Task Properties_travel_with_the_message()
    {
        var gateway = await StartGatewayAsync();
        var client = await ConnectAsync(gateway.MqttPort, "both");
        var arrived = new Journal<MqttApplicationMessage>();
        client.Client.ApplicationMessageReceivedAsync += received =>
        {
            arrived.Add(received.ApplicationMessage);
            return Task.CompletedTask;
        };
        await client.SubscribeAsync("requests/#");

        await client.Client.PublishAsync(
            new MqttApplicationMessageBuilder()
                .WithTopic("requests/1")
                .WithPayload("{}")
                .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
                .WithContentType("application/json")
                .WithPayloadFormatIndicator(MqttPayloadFormatIndicator.CharacterData)
                .WithResponseTopic("answers/1")
                .WithCorrelationData("42"u8.ToArray())
                .WithMessageExpiryInterval(3_600)
                .WithUserProperty("unit", "°C"u8.ToArray())
                .Build(),
            TestContext.Current.CancellationToken);

        var message = (await arrived.CountAsync(1, "message"))[0];
        Assert.Equal("application/json", message.ContentType);
        Assert.Equal(MqttPayloadFormatIndicator.CharacterData, message.PayloadFormatIndicator);
        Assert.Equal("answers/1", message.ResponseTopic);
        Assert.Equal("42", Encoding.UTF8.GetString(message.CorrelationData));
        Assert.InRange(message.MessageExpiryInterval, 3_500u, 3_600u);
        Assert.Equal(("unit", "°C"), Assert.Single(message.UserProperties.Select(property => (property.Name, Encoding.UTF8.GetString(property.ValueBuffer.Span)))));
    }
}
