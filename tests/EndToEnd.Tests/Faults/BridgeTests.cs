using System.Diagnostics;
using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Faults;

/// <summary>The bridge between gateway and cloud, and what happens to it.</summary>
public sealed class BridgeTests : EndToEndTest
{
    [Fact]
    public async Task Messages_go_both_ways_under_their_mapped_topics()
    {
        var cloud = await StartCloudAsync();
        var gateway = await StartGatewayAsync(new GatewayConfiguration
        {
            CloudPort = cloud.Port,
            Forward = """{ filter = "sensors/#", qos = 1, topic = "sites/${gateway}/${topic}" }""",
            Receive = """{ filter = "commands/${gateway}/#", qos = 1, topic = "${topic}" }""",
        });
        var atCloud = await ConnectAsync(cloud.Port, "operator");
        await atCloud.SubscribeAsync("sites/#");
        var atGateway = await ConnectAsync(gateway.MqttPort, "device");
        await atGateway.SubscribeAsync("commands/#");

        await atGateway.PublishAsync("sensors/1", "21.5");
        Assert.Equal("21.5", (await atCloud.ReceiveAsync("sites/edge-e2e/sensors/1")).Text);

        await atCloud.PublishAsync("commands/edge-e2e/led", "on");
        Assert.Equal("on", (await atGateway.ReceiveAsync("commands/edge-e2e/led")).Text);
    }

    [Fact]
    public async Task Commands_wait_at_the_cloud_while_the_gateway_is_dead()
    {
        var cloud = await StartCloudAsync();
        var gateway = await StartGatewayAsync(new GatewayConfiguration { CloudPort = cloud.Port });
        var device = Own(new DurableMqttClient("device", gateway.MqttPort, ("commands/#", 1)));
        await device.StartAsync();
        var atCloud = await ConnectAsync(cloud.Port, "operator");
        await atCloud.PublishAsync("commands/first", "", retain: true);
        await device.Received.CountAsync(1, "command");

        await gateway.KillAsync();
        await atCloud.PublishAsync("commands/led", "on");
        await gateway.StartAsync();

        Assert.Equal("on", (await device.Received.FirstAsync(message => message.Topic == "commands/led", "The command")).Text);
    }

    [Fact]
    public async Task A_blackhole_is_noticed_and_left_behind()
    {
        var cloud = await StartCloudAsync();
        var link = Own(new CuttableLink(cloud.Port));
        var gateway = await StartGatewayAsync(new GatewayConfiguration { CloudPort = link.Port });
        var collector = Own(new DurableMqttClient("collector", cloud.Port, ("sensors/#", 1)));
        await collector.StartAsync();
        var publisher = await ConnectAsync(gateway.MqttPort, "publisher");
        await publisher.PublishAsync("sensors/1", "before");
        await collector.Received.CountAsync(1, "message");

        link.Blackhole();
        await publisher.PublishAsync("sensors/1", "within");
        await gateway.Run.Errors.FirstAsync(line => line.Contains(" warn  bridge", StringComparison.Ordinal), "A warning of the bridge");
        link.Pass();

        Assert.Equal("within", (await collector.Received.FirstAsync(message => message.Text != "before", "The message from within")).Text);
    }

    [Fact]
    public async Task Draining_begins_as_soon_as_the_cloud_is_back()
    {
        var cloud = await StartCloudAsync();
        var gateway = await StartGatewayAsync(new GatewayConfiguration { CloudPort = cloud.Port });
        var collector = Own(new DurableMqttClient("collector", cloud.Port, ("sensors/#", 1)));
        await collector.StartAsync();
        await cloud.StopAsync();
        var publisher = Own(new DurableMqttClient("publisher", gateway.MqttPort));
        await publisher.StartAsync();
        for (var number = 1; number <= 1_000; number++)
        {
            await publisher.SendAsync("sensors/1", $"{number}", qos: 1);
        }

        await publisher.Acknowledged.CountAsync(1_000, "acknowledgement");

        await cloud.StartAsync();
        await cloud.Run.Errors.FirstAsync(line => line.Contains(" as edge-e2e", StringComparison.Ordinal), "The gateway at the cloud");
        var clock = Stopwatch.StartNew();
        await collector.Received.CountAsync(1, "message");
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));

        var received = await collector.Received.CountAsync(1_000, "message");
        Assert.Equal(Enumerable.Range(1, 1_000).Select(number => $"{number}"), received.Select(message => message.Text));
    }
}
