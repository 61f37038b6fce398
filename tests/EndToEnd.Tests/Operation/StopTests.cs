using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Operation;

/// <summary>SIGTERM, as systemd sends it.</summary>
public sealed class StopTests : EndToEndTest
{
    [Fact]
    public async Task Sigterm_stops_in_time_under_connected_clients_and_what_was_acknowledged_is_there_afterwards()
    {
        var gateway = await StartGatewayAsync(new GatewayConfiguration { CloudPort = Ports.Take() });
        await using (var away = new DurableMqttClient("subscriber", gateway.MqttPort, ("sensors/#", 1)))
        {
            await away.StartAsync();
        }

        var watcher = await ConnectAsync(gateway.MqttPort, "watcher");
        await watcher.SubscribeAsync("sensors/#");
        await ConnectSnAsync(gateway, "node");
        var publisher = Own(new DurableMqttClient("publisher", gateway.MqttPort));
        await publisher.StartAsync();
        for (var number = 1; number <= 300; number++)
        {
            await publisher.SendAsync("sensors/1", $"{number}", qos: 1);
        }

        await gateway.StopAsync();
        var acknowledged = publisher.Acknowledged.ToArray();
        await publisher.DisposeAsync();
        await gateway.StartAsync();

        await using var subscriber = await MqttNetClient.ResumeAsync(gateway.MqttPort, "subscriber", MQTTnet.Formatter.MqttProtocolVersion.V311);
        var received = await subscriber.Received.WhenAsync(
            messages => messages.Count > 0 && messages[^1].Text == acknowledged[^1], "The last message that was acknowledged");
        Assert.Equal(acknowledged, received.Select(message => message.Text));
    }

    [Fact]
    public async Task Sigterm_stops_an_idle_gateway()
    {
        var gateway = await StartGatewayAsync();

        await gateway.StopAsync();

        Assert.Empty(gateway.Run.Output.ToArray());
    }
}
