using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Faults;

/// <summary>Sleeping MQTT-SN clients over kills and stops of the gateway, and at other addresses.</summary>
public sealed class SleeperTests : EndToEndTest
{
    private static readonly GatewayConfiguration Configuration = new() { Settings = ["""mqttsn.retry_interval = "500ms" """] };

    [Theory]
    [InlineData(true, true, false), InlineData(true, true, true), InlineData(false, true, true)]
    [InlineData(true, false, true), InlineData(false, false, false)]
    public async Task What_waits_for_a_sleeper_comes_once_and_in_order_after_the_gateway_was_gone(bool cleanSession, bool isKilled, bool moves)
    {
        var gateway = await StartGatewayAsync(Configuration);
        var node = Own(new SnClient(gateway.MqttSnPort, "node"));
        await node.ConnectAsync(cleanSession);
        await node.SubscribeAsync("commands/#", 2);
        await node.SubscribeAsync("one", 1);
        var publisher = await ConnectAsync(gateway.MqttPort, "publisher");
        await publisher.PublishAsync("commands/0", "0", 1);
        await node.Received.CountAsync(1, "message");
        await node.SleepAsync(600);
        for (var i = 1; i <= 20; i++)
        {
            await publisher.PublishAsync(i % 5 == 0 ? "one" : $"commands/{i % 3}", $"{i}", 1 + (i % 2));
        }

        await (isKilled ? gateway.KillAsync() : gateway.StopAsync());
        await gateway.StartAsync();
        if (moves)
        {
            await node.MoveAsync();
        }

        await node.AskAsync();

        Assert.Equal(Enumerable.Range(0, 21).Select(i => $"{i}"), node.Received.ToArray().Select(message => message.Text));
        await node.AskAsync();
        Assert.Equal(21, node.Received.Count);
    }

    [Fact]
    public async Task Topic_ids_of_a_kept_session_mean_the_same_after_a_kill()
    {
        var gateway = await StartGatewayAsync(Configuration);
        var node = Own(new SnClient(gateway.MqttSnPort, "node"));
        await node.ConnectAsync(cleanSession: false);
        var topic = await node.RegisterAsync("plant/7/temperature");

        await gateway.KillAsync();
        await gateway.StartAsync();
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("plant/#", 1);
        await node.ConnectAsync(cleanSession: false);
        await node.PublishAsync(topic, "21.5", 1);

        Assert.Equal("21.5", (await subscriber.ReceiveAsync("plant/7/temperature")).Text);
    }

    [Fact]
    public async Task The_Will_of_a_sleeper_waits_for_its_sleep_to_end_and_not_for_a_restart()
    {
        var gateway = await StartGatewayAsync(Configuration);
        var node = Own(new SnClient(gateway.MqttSnPort, "node"));
        await node.ConnectAsync(keepAlive: 1, will: ("wills/node", "gone"));
        var sleeper = Own(new SnClient(gateway.MqttSnPort, "sleeper"));
        await sleeper.ConnectAsync(keepAlive: 1, will: ("wills/sleeper", "gone"));
        await sleeper.SleepAsync(600);
        await node.SleepAsync(2);
        await gateway.KillAsync();
        await gateway.StartAsync();
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("wills/#");

        Assert.Equal("gone", (await subscriber.ReceiveAsync("wills/node")).Text);

        Assert.Single(subscriber.Received.ToArray());
        await sleeper.AskAsync();
    }
}
