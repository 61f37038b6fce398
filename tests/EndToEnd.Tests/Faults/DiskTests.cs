using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Faults;

/// <summary>What the gateway writes: a backlog, and little else.</summary>
[Collection(HeavyCollection.Name)]
public sealed class DiskTests : EndToEndTest
{
    private const int Messages = 10_000;
    private const int PayloadLength = 200;
    private const string Topic = "sensors/plant-1/temperature";

    [Fact]
    public async Task Forwarding_while_the_cloud_answers_writes_less_than_64_octets_a_message()
    {
        var cloud = await StartCloudAsync();
        var gateway = await StartGatewayAsync(new GatewayConfiguration { CloudPort = cloud.Port });
        var collector = Own(new DurableMqttClient("collector", cloud.Port, ("sensors/#", 1)));
        await collector.StartAsync();
        var publisher = Own(new DurableMqttClient("publisher", gateway.MqttPort));
        await publisher.StartAsync();
        await PublishAsync(publisher, 1); // The bridge is connected when this has arrived.
        await collector.Received.CountAsync(1, "message");

        var before = gateway.WrittenOctets;
        await PublishAsync(publisher, Messages);
        await collector.Received.CountAsync(Messages + 1, "message");
        var written = gateway.WrittenOctets - before;

        Say($"{written} octets written for {Messages} messages.");
        Assert.InRange(written, 0, Messages / 1_000 * 64 * 1024);
    }

    [Fact]
    public async Task Keeping_while_the_cloud_is_down_writes_at_most_four_times_what_is_kept()
    {
        var before = GatewayProcess.WrittenByEndedChildren;
        var gateway = await StartGatewayAsync(new GatewayConfiguration { CloudPort = Ports.Take() });
        var publisher = Own(new DurableMqttClient("publisher", gateway.MqttPort));
        await publisher.StartAsync();
        await PublishAsync(publisher, Messages);
        await gateway.StopAsync(); // All that it wrote, to the last page, is now counted among its parent's children.
        var written = GatewayProcess.WrittenByEndedChildren - before;

        Say($"{written} octets written for {Messages} messages of {PayloadLength} octets.");
        Assert.InRange(written, Messages * PayloadLength, 4L * Messages * (PayloadLength + Topic.Length));
    }

    private static async Task PublishAsync(DurableMqttClient publisher, int count)
    {
        var acknowledged = publisher.Acknowledged.Count;
        for (var number = 0; number < count; number++)
        {
            await publisher.SendAsync(Topic, $"{number}".PadLeft(PayloadLength), qos: 1);
        }

        await publisher.Acknowledged.CountAsync(acknowledged + count, "acknowledgement");
    }
}
