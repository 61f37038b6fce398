using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Robustness;

/// <summary>Limits on retained messages, as clients meet them.</summary>
public sealed class RetainedLimitTests : EndToEndTest
{
    private const string Connect311 = "10 0F 0004 4D515454 04 02 0000 0003 6F6C64"; // ClientId "old"
    private const string Connect5 = "10 10 0004 4D515454 05 02 0000 00 0003 6E6577"; // ClientId "new"

    [Fact]
    public async Task Who_can_be_told_is_told_in_the_words_of_its_protocol_and_the_limit_outlives_a_kill()
    {
        var gateway = await StartGatewayAsync(new GatewayConfiguration { Settings = ["mqtt.max_retained_messages = 1", "gateway.sys_interval = \"100ms\""] });
        await using (var first = await ConnectAsync(gateway.MqttPort, "first"))
        {
            await first.PublishAsync("kept", "1", qos: 1, retain: true);
        }

        await gateway.KillAsync();
        await gateway.StartAsync();
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("#");
        await using (var new5 = await WireConversation.ConnectAsync(gateway.MqttPort))
        {
            await new5.SendAsync(Connect5);
            await new5.SendAsync("33 07 0001 61 0001 00 31"); // QoS 1, RETAIN, topic "a", payload "1".
            await new5.SendAsync("31 05 0001 61 00 30"); // The same at QoS 0.
            await new5.SendAsync("E0 00");
            Assert.EndsWith("4003000197", Convert.ToHexString(await new5.ReadToEndAsync()), StringComparison.Ordinal);
        }

        await using (var old = await WireConversation.ConnectAsync(gateway.MqttPort))
        {
            await old.SendAsync(Connect311);
            await old.SendAsync("33 06 0001 61 0001 32");
            Assert.Equal("20020000", Convert.ToHexString(await old.ReadToEndAsync())); // Closed, unacknowledged.
        }

        var node = await ConnectSnAsync(gateway, "node");
        var topic = await node.RegisterAsync("a");
        var refusal = await Assert.ThrowsAsync<SnException>(() => node.PublishAsync(topic, "3", qos: 1, retain: true));
        Assert.Equal("PUBLISH was rejected with 1.", refusal.Message); // Congestion.
        await node.PublishAsync(topic, "4", qos: 1);

        Assert.Equal(["kept 1", "a 0", "a 4"], await TakeAsync(subscriber, 3));
        await subscriber.SubscribeAsync("$SYS/broker/messages/dropped/quota");
        await subscriber.Received.FirstAsync(message => message.Text == "4", "Four that were not retained, counted");
        await gateway.Run.Errors.FirstAsync(line => line.Contains("mqtt.max_retained_messages is reached", StringComparison.Ordinal), "the limit in the log");
        var late = await ConnectAsync(gateway.MqttPort, "late");
        await late.SubscribeAsync("#");
        Assert.Equal(["kept 1"], await TakeAsync(late, 1));
    }

    private static async Task<string[]> TakeAsync(MqttNetClient client, int count) =>
        [.. (await client.Received.CountAsync(count, "messages")).Select(message => $"{message.Topic} {message.Text}")];
}
