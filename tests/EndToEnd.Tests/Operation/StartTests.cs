using System.Net;
using System.Net.Sockets;
using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Operation;

/// <summary>Starts that cannot succeed: exit code 1 and one line that says what is wrong and what to do.</summary>
public sealed class StartTests : EndToEndTest
{
    [Fact]
    public async Task A_second_gateway_on_the_same_store_is_refused()
    {
        var first = await StartGatewayAsync();

        var errors = await FailAsync(first, $"gateway.data_dir={first.DataDirectory}");

        Assert.Contains(first.DataDirectory, Assert.Single(errors, IsError), StringComparison.Ordinal);
        await ServesAsync(first);
    }

    [Fact]
    public async Task A_second_gateway_on_the_same_mqtt_port_is_refused()
    {
        var first = await StartGatewayAsync();

        var errors = await FailAsync(first, $"listeners.mqtt.bind=127.0.0.1:{first.MqttPort}");

        Assert.Contains($"127.0.0.1:{first.MqttPort}", Assert.Single(errors, IsError), StringComparison.Ordinal);
        await ServesAsync(first);
    }

    [Fact]
    public async Task An_mqtt_sn_port_in_use_is_named()
    {
        var gateway = CreateGateway();
        using var occupant = new UdpClient(new IPEndPoint(IPAddress.Loopback, gateway.MqttSnPort));
        var other = await StartGatewayAsync();

        var errors = await FailAsync(other, $"listeners.mqttsn.bind=127.0.0.1:{gateway.MqttSnPort}");

        Assert.Contains($"127.0.0.1:{gateway.MqttSnPort}", Assert.Single(errors, IsError), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_listeners_the_one_whose_port_is_in_use_is_named()
    {
        var first = await StartGatewayAsync();

        var errors = await FailAsync(first, $"listeners.ws.bind=127.0.0.1:{first.WebSocketPort}");

        Assert.Contains($"127.0.0.1:{first.WebSocketPort} (listeners.ws.bind)", Assert.Single(errors, IsError), StringComparison.Ordinal);
    }

    private static bool IsError(string line) => !GatewayProcess.IsHarmless(line);

    private async Task ServesAsync(GatewayProcess gateway)
    {
        var client = await ConnectAsync(gateway.MqttPort, "client");
        await client.SubscribeAsync("a");
        await client.PublishAsync("a", "well");
        Assert.Equal("well", (await client.ReceiveAsync("a")).Text);
    }

    /// <summary>Starts a gateway like another one, but with a store and ports of its own except for one setting.</summary>
    private async Task<string[]> FailAsync(GatewayProcess like, string setting)
    {
        var (exitCode, _, errors) = await ChildProcess.RunAsync(
            Repository.Gateway,
            "run",
            "--config", like.File,
            "--set", $"gateway.data_dir={Path.Combine(Folder, "second")}",
            "--set", $"listeners.mqtt.bind=127.0.0.1:{Ports.Take()}",
            "--set", $"listeners.ws.bind=127.0.0.1:{Ports.Take()}",
            "--set", $"listeners.mqttsn.bind=127.0.0.1:{Ports.Take()}",
            "--set", $"listeners.coap.bind=127.0.0.1:{Ports.Take()}",
            "--set", setting);
        Assert.True(exitCode == 1, $"It ended with {exitCode}: {errors}");
        return errors.Split('\n');
    }
}
