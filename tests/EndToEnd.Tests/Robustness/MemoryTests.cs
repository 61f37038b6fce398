using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Robustness;

/// <summary>A gateway whose memory is nearly used up drops what may be dropped, takes the rest slowly, stays up, and recovers.</summary>
public sealed class MemoryTests : EndToEndTest
{
    [Fact]
    public async Task While_memory_is_short_QoS_0_is_dropped_and_counted_QoS_1_arrives_and_with_enough_again_all_does()
    {
        const int Count = 10;
        var gateway = await StartGatewayAsync(new GatewayConfiguration
        {
            Settings = ["gateway.memory_limit = \"96MiB\"", "gateway.sys_interval = \"100ms\"", "mqtt.max_packet_size = \"16MiB\""],
        });
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("$SYS/broker/memory/state", qos: 0);
        await subscriber.SubscribeAsync("$SYS/broker/messages/dropped/memory", qos: 0);
        await subscriber.SubscribeAsync("t");
        var publisher = await ConnectAsync(gateway.MqttPort, "publisher");
        var large = new string('x', 10_000_000);
        for (var i = 0; i < Count; i++)
        {
            await publisher.PublishAsync($"large/{i}", large, retain: true);
        }

        await subscriber.Received.FirstAsync(message => message.Text == "short", "Short memory");
        await publisher.PublishAsync("t", "at most once", qos: 0);
        await publisher.PublishAsync("t", "first");
        await publisher.PublishAsync("t", "second");
        var node = await ConnectSnAsync(gateway, "node");
        var refusal = await Assert.ThrowsAsync<SnException>(() => node.PublishAsync(SnTopic.Short("ab"), "x", qos: 1));
        Assert.Equal("PUBLISH was rejected with 1.", refusal.Message);
        await subscriber.Received.FirstAsync(message => message.Text == "2", "Two losses, counted");

        for (var i = 0; i < Count; i++)
        {
            await publisher.PublishAsync($"large/{i}", "", retain: true);
        }

        var shortAt = Array.FindIndex(subscriber.Received.ToArray(), message => message.Text == "short");
        await subscriber.Received.WhenAsync(messages => messages.Skip(shortAt).Any(message => message.Text == "enough"), "Enough memory");
        await publisher.PublishAsync("t", "at once", qos: 0);
        await subscriber.Received.FirstAsync(message => message.Text == "at once", "The message at QoS 0");

        Assert.Equal(["first", "second", "at once"], subscriber.Received.ToArray().Where(message => message.Topic == "t").Select(message => message.Text));
        Assert.Single(gateway.Log, line => line.Contains("event=1030", StringComparison.Ordinal));
        Assert.Single(gateway.Log, line => line.Contains("event=1031", StringComparison.Ordinal));
    }
}
