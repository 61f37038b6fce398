using System.Diagnostics;
using System.Globalization;
using System.Text;
using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Robustness;

/// <summary>A subscriber that stops reading has a queue with an end. What does not fit is counted, to the last message, and no other subscriber notices.</summary>
public sealed class SlowConsumerTests : EndToEndTest
{
    private const int Batch = 100;
    private const int PayloadOctets = 10_000;
    private const int MaxQueuedMessages = 200;
    private const int MaxQueuedOctets = 1024 * 1024;

    private static readonly string Payload = new('x', PayloadOctets);

    private static readonly GatewayConfiguration Configuration = new()
    {
        Settings = [$"mqtt.max_queued_messages = {MaxQueuedMessages}", $"mqtt.max_queued_bytes = {MaxQueuedOctets}", "gateway.sys_interval = \"50ms\""],
    };

    [Fact]
    public async Task Beside_one_that_reads_nothing_another_gets_all_and_no_later()
    {
        var gateway = await StartGatewayAsync(Configuration);
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("t");
        var publisher = await ConnectAsync(gateway.MqttPort, "publisher");
        await RunBatchesAsync(publisher, subscriber, 5);
        var alone = await RunBatchesAsync(publisher, subscriber, 15);

        await using var once = await SubscribeAndReadNothingAsync(gateway, 'o', qos: 0);
        await using var kept = await SubscribeAndReadNothingAsync(gateway, 'k', qos: 1);
        await UntilAsync(gateway, publisher, subscriber, "slow-receiver");
        await UntilAsync(gateway, publisher, subscriber, "queue-full");
        var beside = await RunBatchesAsync(publisher, subscriber, 15);

        Say($"15 batches took {alone.TotalMilliseconds:0} ms without and {beside.TotalMilliseconds:0} ms beside receivers that read nothing.");
        Assert.True(beside < (alone * 3) + TimeSpan.FromSeconds(1), $"15 batches took {alone} before, and {beside} after others stopped reading.");
        var stored = long.Parse(await ReadAsync(gateway, "store/messages/bytes"), CultureInfo.InvariantCulture);
        Assert.InRange(stored, 0, (3 * MaxQueuedOctets) + 100_000); // One queue for each of them; and what the gateway says of itself.
    }

    [Fact]
    public async Task What_it_does_not_get_at_QoS_0_is_counted_to_the_last_message()
    {
        var gateway = await StartGatewayAsync(Configuration);
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("t");
        var publisher = await ConnectAsync(gateway.MqttPort, "publisher");
        await using var stuck = await SubscribeAndReadNothingAsync(gateway, 's', qos: 0);
        await UntilAsync(gateway, publisher, subscriber, "slow-receiver");

        // It reads again: what waits for it comes, and with what was dropped that is all there was.
        var published = subscriber.Received.ToArray().Count(message => message.Topic == "t");
        var dropped = int.Parse(await ReadAsync(gateway, "messages/dropped/slow-receiver"), CultureInfo.InvariantCulture);
        var frame = Convert.ToHexString([0x30, 0x93, 0x4E, 0, 1, (byte)'t', .. Encoding.ASCII.GetBytes(Payload)]);
        for (var message = 0; message < published - dropped; message++)
        {
            await stuck.ExpectAsync(frame);
        }

        await publisher.PublishAsync("t", "the next");
        await stuck.ExpectAsync("30 0B 0001 74" + Convert.ToHexString("the next"u8));
        Assert.InRange(dropped, 1, published - (MaxQueuedOctets / PayloadOctets));
    }

    /// <summary>Publishes until something was dropped for a cause and a while longer, so that there is no doubt.</summary>
    private static async Task UntilAsync(GatewayProcess gateway, MqttNetClient publisher, MqttNetClient subscriber, string cause)
    {
        do
        {
            await RunBatchesAsync(publisher, subscriber, 2);
        }
        while (await ReadAsync(gateway, $"messages/dropped/{cause}") == "0");
        await RunBatchesAsync(publisher, subscriber, 2);
    }

    /// <summary>Publishes in batches, each when the one before has arrived.</summary>
    /// <returns>How long it took.</returns>
    private static async Task<TimeSpan> RunBatchesAsync(MqttNetClient publisher, MqttNetClient subscriber, int batches)
    {
        var begun = Stopwatch.GetTimestamp();
        for (var batch = 0; batch < batches; batch++)
        {
            var expected = subscriber.Received.Count + Batch;
            await Task.WhenAll(Enumerable.Range(0, Batch).Select(_ => publisher.PublishAsync("t", Payload)));
            await subscriber.Received.CountAsync(expected, "message");
        }

        return Stopwatch.GetElapsedTime(begun);
    }

    private static async Task<WireConversation> SubscribeAndReadNothingAsync(GatewayProcess gateway, char name, int qos)
    {
        var wire = await WireConversation.ConnectAsync(gateway.MqttPort);
        await wire.SendAsync($"10 0D 0004 4D515454 04 02 0000 0001 {(byte)name:X2} 82 06 0001 0001 74 0{qos}");
        await wire.ExpectAsync($"20 02 00 00 90 03 0001 0{qos}");
        return wire;
    }

    /// <summary>What the gateway says of itself, after everything that has happened until now.</summary>
    private static async Task<string> ReadAsync(GatewayProcess gateway, string topic)
    {
        await using var reader = await MqttNetClient.ConnectAsync(gateway.MqttPort, "reader");
        await reader.SubscribeAsync($"$SYS/broker/{topic}", qos: 0);
        await reader.SubscribeAsync("$SYS/broker/messages/received", qos: 0);
        await reader.PublishAsync("elsewhere", "marks the time");
        var before = await reader.ReceiveAsync("$SYS/broker/messages/received");
        await reader.Received.FirstAsync(message => message.Topic == before.Topic && message != before, "The next figures");
        await reader.PublishAsync("elsewhere", "marks the time");
        await reader.Received.WhenAsync(messages => messages.Count(message => message.Topic == before.Topic) >= 3, "The figures after those");
        return reader.Received.ToArray().Last(message => message.Topic != before.Topic).Text;
    }
}
