using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Faults;

/// <summary>Sleeping MQTT-SN clients get what waits for them, once and in order: over kills and stops of the gateway, at other addresses, within limits that are counted.</summary>
public sealed class SleepingClientsLoseNothingTests : EndToEndTest
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
    public async Task Whoever_says_good_night_or_asks_twice_as_the_answer_was_lost_gets_each_message_once()
    {
        var gateway = await StartGatewayAsync(Configuration);
        var node = Own(new SnClient(gateway.MqttSnPort, "node"));
        await node.ConnectAsync();
        await node.SubscribeAsync("commands/+", 1);
        await node.SleepAsync(600);
        await node.SleepAsync(600);
        var publisher = await ConnectAsync(gateway.MqttPort, "publisher");
        await publisher.PublishAsync("commands/1", "open", 1);

        await node.AskAsync();
        await node.AskAsync();
        await node.SleepAsync(600);
        await publisher.PublishAsync("commands/2", "close", 1);
        await node.AskAsync();

        Assert.Equal([("commands/1", "open"), ("commands/2", "close")], node.Received.ToArray().Select(message => (message.Topic, message.Text)));
    }

    [Theory]
    [InlineData("mqtt.max_queued_messages = 3", "queue-full"), InlineData("mqtt.max_queued_age = \"1s\"", "too-old")]
    public async Task What_waits_beyond_a_limit_goes_oldest_first_and_is_counted(string limit, string cause)
    {
        var gateway = await StartGatewayAsync(new() { Settings = [.. Configuration.Settings, "gateway.sys_interval = \"100ms\"", limit] });
        var node = Own(new SnClient(gateway.MqttSnPort, "node"));
        await node.ConnectAsync();
        await node.SubscribeAsync("commands", 1);
        await node.SleepAsync(600);
        var publisher = await ConnectAsync(gateway.MqttPort, "publisher");
        await publisher.SubscribeAsync($"$SYS/broker/messages/dropped/{cause}", qos: 0);
        for (var i = 1; i <= 4; i++)
        {
            await publisher.PublishAsync("commands", $"{i}", 1);
        }

        var isByNumber = cause == "queue-full";
        await publisher.Received.FirstAsync(message => message.Text == (isByNumber ? "1" : "4"), "the count of what went");
        await publisher.PublishAsync("commands", "last", 1);
        await node.AskAsync();

        Assert.Equal(isByNumber ? ["3", "4", "last"] : ["last"], node.Received.ToArray().Select(message => message.Text));
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
