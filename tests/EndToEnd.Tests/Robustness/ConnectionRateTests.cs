using System.Diagnostics;
using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Robustness;

/// <summary>Many who come at once are taken in one after another.</summary>
public sealed class ConnectionRateTests : EndToEndTest
{
    [Theory]
    [InlineData("mqtt")]
    [InlineData("ws")]
    public async Task Clients_of_MQTT_wait_for_their_turn_and_each_gets_in(string listener)
    {
        const int Count = 25;
        var gateway = await StartGatewayAsync(new GatewayConfiguration { Settings = [$"listeners.{listener}.max_connection_rate = \"10/s\""] });
        var begun = Stopwatch.GetTimestamp();

        var clients = await Task.WhenAll(Enumerable.Range(0, Count).Select(number => listener == "mqtt"
            ? ConnectAsync(gateway.MqttPort, $"client-{number}")
            : ConnectAsync(gateway.WebSocketPort, number)));

        Assert.True(Stopwatch.GetElapsedTime(begun) > TimeSpan.FromSeconds((Count - 10 - 1) / 10.0), "They came faster than the limit allows.");
        await clients[0].SubscribeAsync("t");
        await clients[^1].PublishAsync("t", "well");
        Assert.Equal("well", (await clients[0].ReceiveAsync("t")).Text);
        await gateway.StopAsync();
    }

    [Fact]
    public async Task A_node_that_comes_too_early_is_told_of_congestion()
    {
        var gateway = await StartGatewayAsync(new GatewayConfiguration { Settings = ["listeners.mqttsn.max_connection_rate = \"2/h\""] });
        await ConnectSnAsync(gateway, "first");
        await ConnectSnAsync(gateway, "second");

        var refusal = await Assert.ThrowsAsync<SnException>(() => ConnectSnAsync(gateway, "third"));

        Assert.Equal("CONNECT was rejected with 1.", refusal.Message);
        await gateway.Run.Errors.FirstAsync(line => line.Contains("listeners.mqttsn.max_connection_rate is reached: third from", StringComparison.Ordinal), "the limit in the log");
    }

    private async Task<MqttNetClient> ConnectAsync(int port, int number) => Own(await MqttNetClient.ConnectAsync(
        options => options.WithWebSocketServer(socket => socket.WithUri($"ws://127.0.0.1:{port}/mqtt")),
        $"client-{number}",
        MQTTnet.Formatter.MqttProtocolVersion.V500,
        configure: null));
}
