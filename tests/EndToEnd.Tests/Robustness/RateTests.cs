using System.Diagnostics;
using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Robustness;

/// <summary>Who publishes faster than it may costs itself time, and nobody else anything.</summary>
public sealed class RateTests : EndToEndTest
{
    [Theory]
    [InlineData("mqtt.max_message_rate = \"10/s\"")]
    [InlineData("listeners.mqtt.max_message_rate = \"10/s\"")]
    [InlineData("mqtt.max_byte_rate = \"80B/s\"")] // A topic of one letter, a payload of seven.
    [InlineData("listeners.mqtt.max_byte_rate = \"80B/s\"")]
    public async Task What_mosquitto_pub_publishes_too_fast_waits_and_arrives_whole(string limit)
    {
        const int Count = 25;
        var gateway = await StartGatewayAsync(new GatewayConfiguration { Settings = [limit, "gateway.sys_interval = \"100ms\""] });
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("t");
        var begun = Stopwatch.GetTimestamp();

        var (exitCode, _, errors) = await ChildProcess.RunAsync(
            "mosquitto_pub", "-p", $"{gateway.MqttPort}", "-t", "t", "-q", "1", "-m", "message", "--repeat", $"{Count}");

        Assert.Equal((0, ""), (exitCode, errors));
        Assert.True(Stopwatch.GetElapsedTime(begun) > TimeSpan.FromSeconds((Count - 10 - 1) / 10.0), "They came faster than the limit allows.");
        await subscriber.Received.CountAsync(Count, "message");
        await subscriber.SubscribeAsync("$SYS/broker/clients/paused", qos: 0);
        await subscriber.Received.FirstAsync(message => message.Topic.EndsWith("paused", StringComparison.Ordinal) && message.Text != "0", "The pauses, counted");
    }

    [Fact]
    public async Task While_one_client_waits_for_its_rate_another_is_served_at_once()
    {
        var gateway = await StartGatewayAsync(new GatewayConfiguration { Settings = ["mqtt.max_message_rate = \"100/h\""] });
        var greedy = await ConnectAsync(gateway.MqttPort, "greedy");
        var modest = await ConnectAsync(gateway.MqttPort, "modest");
        await modest.SubscribeAsync("t");
        for (var i = 0; i < 100; i++)
        {
            await greedy.PublishAsync("elsewhere", "x");
        }

        var waiting = greedy.PublishAsync("elsewhere", "one too many"); // For half a minute.
        await modest.PublishAsync("t", "well");

        Assert.Equal("well", (await modest.ReceiveAsync("t")).Text);
        Assert.False(waiting.IsCompleted);
    }

    [Theory]
    [InlineData("mqtt.max_message_rate = \"3/h\"")]
    [InlineData("listeners.mqttsn.max_message_rate = \"3/h\"")]
    public async Task A_node_is_told_of_congestion_and_what_nobody_can_be_told_of_is_counted(string limit)
    {
        var gateway = await StartGatewayAsync(new GatewayConfiguration { Settings = [limit, "gateway.sys_interval = \"100ms\""] });
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("$SYS/broker/messages/dropped/rate", qos: 0);
        var node = await ConnectSnAsync(gateway, "node");
        var topic = SnTopic.Short("ab");
        for (var i = 0; i < 3; i++)
        {
            await node.PublishAsync(topic, "x", qos: 1);
        }

        foreach (var qos in (int[])[1, 2])
        {
            var refusal = await Assert.ThrowsAsync<SnException>(() => node.PublishAsync(topic, "x", qos));
            Assert.Equal("PUBLISH was rejected with 1.", refusal.Message);
        }

        await node.PublishAsync(topic, "x", qos: 0);
        await subscriber.Received.FirstAsync(message => message.Text == "3", "Three refusals, counted");
    }

    [Fact]
    public async Task Nodes_without_a_connection_are_held_to_the_rate_of_their_listener()
    {
        var gateway = await StartGatewayAsync(new GatewayConfiguration
        {
            Settings = ["listeners.mqttsn.max_message_rate = \"3/h\"", "gateway.sys_interval = \"100ms\""],
        });
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("ab");
        await subscriber.SubscribeAsync("$SYS/broker/messages/dropped/rate", qos: 0);

        for (var i = 0; i < 5; i++)
        {
            await SnClient.PublishUnconnectedAsync(gateway.MqttSnPort, SnTopic.Short("ab"), "x");
        }

        await subscriber.Received.FirstAsync(message => message.Text == "2", "Two losses, counted");
        Assert.Equal(3, subscriber.Received.ToArray().Count(message => message.Topic == "ab"));
    }
}
