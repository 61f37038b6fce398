using System.Net.Sockets;
using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Robustness;

/// <summary>Limits on connections and subscriptions, as clients by other hands meet them.</summary>
public sealed class ConnectionLimitTests : EndToEndTest
{
    private const string Connect311 = "10 0F 0004 4D515454 04 02 0000 0003 6E6577"; // ClientId "new"
    private const string Connect5 = "10 10 0004 4D515454 05 02 0000 00 0003 6E6577";

    [Theory]
    [InlineData("mqtt.max_connections = 1")]
    [InlineData("listeners.mqtt.max_connections = 1")]
    public async Task A_client_beyond_the_limit_is_told_so_in_the_words_of_its_version(string limit)
    {
        var gateway = await StartGatewayAsync(new GatewayConfiguration { Settings = [limit, "gateway.sys_interval = \"100ms\""] });
        var client = await ConnectAsync(gateway.MqttPort, "first");

        await using (var old = await WireConversation.ConnectAsync(gateway.MqttPort))
        {
            await old.SendAsync(Connect311);
            Assert.Equal("20020003", Convert.ToHexString(await old.ReadToEndAsync())); // Server unavailable.
        }

        await using (var wire = await WireConversation.ConnectAsync(gateway.MqttPort))
        {
            await wire.SendAsync(Connect5);
            Assert.Equal("2003009700", Convert.ToHexString(await wire.ReadToEndAsync())); // Quota exceeded.
        }

        await client.SubscribeAsync("$SYS/broker/clients/refused/quota-exceeded", qos: 0);
        await client.Received.FirstAsync(message => message.Text == "2", "Two refusals, counted");
        var told = $"{limit.Split(' ')[0]} is reached";
        await gateway.Run.Errors.FirstAsync(line => line.Contains(told, StringComparison.Ordinal), "the limit in the log");
        Assert.Single(gateway.Log, line => line.Contains(told, StringComparison.Ordinal));
        await client.Client.DisconnectAsync(new MQTTnet.MqttClientDisconnectOptions(), TestContext.Current.CancellationToken);
        await using var next = await ConnectWhenThereIsRoomAsync(gateway);
    }

    [Theory]
    [InlineData("mqtt.max_connections = 1")]
    [InlineData("listeners.mqtt.max_connections = 1")]
    public async Task A_client_that_comes_again_takes_over_its_own_place(string limit)
    {
        var gateway = await StartGatewayAsync(new GatewayConfiguration { Settings = [limit] });
        await using var dead = await WireConversation.ConnectAsync(gateway.MqttPort);
        await dead.SendAsync(Connect311);
        await dead.ExpectAsync("20 02 00 00");

        await using var again = await WireConversation.ConnectAsync(gateway.MqttPort);
        await again.SendAsync(Connect311);

        await again.ExpectAsync("20 02 00 00");
        Assert.Empty(await dead.ReadToEndAsync());
    }

    [Theory]
    [InlineData("mqtt.max_connections = 1")]
    [InlineData("listeners.mqttsn.max_connections = 1")]
    public async Task A_node_beyond_the_limit_is_told_of_congestion_until_another_goes(string limit)
    {
        var gateway = await StartGatewayAsync(new GatewayConfiguration { Settings = [limit] });
        var first = await ConnectSnAsync(gateway, "first");
        var second = Own(new SnClient(gateway.MqttSnPort, "second"));

        var refusal = await Assert.ThrowsAsync<SnException>(() => second.ConnectAsync());
        Assert.Equal("CONNECT was rejected with 1.", refusal.Message);
        await first.DisconnectAsync();

        await second.ConnectAsync();
    }

    [Fact]
    public async Task Far_beyond_the_limit_of_a_listener_sockets_are_closed_unheard_and_those_who_are_connected_stay()
    {
        var gateway = await StartGatewayAsync(new GatewayConfiguration { Settings = ["listeners.mqtt.max_connections = 1", "mqtt.connect_timeout = \"1m\""] });
        var client = await ConnectAsync(gateway.MqttPort, "first");
        var ends = new List<Task<byte[]>>();
        for (var i = 0; i < 101; i++)
        {
            ends.Add(await ConnectAndReadAsync(gateway.MqttPort));
        }

        Assert.Empty(await await Task.WhenAny(ends));
        await client.SubscribeAsync("a");
        await client.PublishAsync("a", "well");
        Assert.Equal("well", (await client.ReceiveAsync("a")).Text);
    }

    [Fact]
    public async Task Without_descriptors_for_more_connections_it_says_so_serves_who_is_there_and_takes_the_others_in_later()
    {
        var gateway = await StartGatewayAsync(new GatewayConfiguration { Settings = ["listeners.ws.enabled = false", "listeners.mqttsn.enabled = false"] });
        var client = await ConnectAsync(gateway.MqttPort, "first");
        var open = Directory.GetFileSystemEntries($"/proc/{gateway.Run.Id}/fd").Length;
        await using (var limit = ChildProcess.Start("prlimit", "--pid", $"{gateway.Run.Id}", $"--nofile={open + 37}:"))
        {
            Assert.Equal(0, await limit.ExitAsync());
        }

        var wires = new List<WireConversation>();
        for (var i = 0; i < 10; i++)
        {
            wires.Add(Own(await WireConversation.ConnectAsync(gateway.MqttPort)));
        }

        await gateway.Run.Errors.FirstAsync(line => line.Contains("event=1111", StringComparison.Ordinal), "no room in the log");
        await client.SubscribeAsync("a");
        await client.PublishAsync("a", "well");
        Assert.Equal("well", (await client.ReceiveAsync("a")).Text);

        // The last waits in the system's queue until others have gone.
        foreach (var wire in wires[..^1])
        {
            await wire.DisposeAsync();
        }

        await wires[^1].SendAsync(Connect311);
        await wires[^1].ExpectAsync("20 02 00 00");
    }

    /// <summary>What comes on a connection; nothing when it is cut before it is made.</summary>
    private async Task<Task<byte[]>> ConnectAndReadAsync(int port)
    {
        try
        {
            return Own(await WireConversation.ConnectAsync(port)).ReadToEndAsync();
        }
        catch (SocketException cut) when (cut.SocketErrorCode == SocketError.ConnectionReset)
        {
            return Task.FromResult<byte[]>([]);
        }
    }

    [Theory]
    [InlineData("mqttv5", "151")] // 0x97
    [InlineData("mqttv311", "128")] // 0x80
    public async Task A_subscription_beyond_the_limit_is_refused_to_mosquitto_sub(string version, string code)
    {
        var gateway = await StartGatewayAsync(new GatewayConfiguration { Settings = ["mqtt.max_subscriptions = 2"] });
        var subscriber = Own(ChildProcess.Start(
            "stdbuf", "-oL", "mosquitto_sub", "-d", "-p", $"{gateway.MqttPort}", "-V", version, "-i", "s", "-t", "a", "-t", "b", "-t", "c"));

        var granted = await subscriber.Output.FirstAsync(line => line.StartsWith("Subscribed", StringComparison.Ordinal), "SUBACK");

        Assert.Equal($"Subscribed (mid: 1): 0, 0, {code}", granted);
    }

    [Fact]
    public async Task A_subscription_beyond_the_limit_is_refused_to_a_node()
    {
        var gateway = await StartGatewayAsync(new GatewayConfiguration { Settings = ["mqtt.max_subscriptions = 1"] });
        var node = await ConnectSnAsync(gateway, "node");
        await node.SubscribeAsync("a/1", 1);

        var refusal = await Assert.ThrowsAsync<SnException>(() => node.SubscribeAsync("a/2", 1));

        Assert.Equal("SUBSCRIBE was rejected with 1.", refusal.Message);
    }

    /// <summary>The gateway hears of a good-bye a moment after it was said.</summary>
    private static async Task<WireConversation> ConnectWhenThereIsRoomAsync(GatewayProcess gateway)
    {
        while (true)
        {
            var wire = await WireConversation.ConnectAsync(gateway.MqttPort);
            await wire.SendAsync(Connect311);
            var answer = await wire.ReadAsync(4);
            if (answer[3] == 0)
            {
                return wire;
            }

            await wire.DisposeAsync();
        }
    }
}
