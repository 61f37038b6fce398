using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Robustness;

/// <summary>Clients that are slow, greedy or stuck cost themselves only.</summary>
public sealed class BadClientTests : EndToEndTest
{
    private static readonly GatewayConfiguration Configuration = new()
    {
        Settings = ["""mqtt.connect_timeout = "500ms" """, """mqtt.max_packet_size = "64KiB" """],
    };

    [Fact]
    public async Task Who_says_nothing_is_closed_after_the_connect_timeout()
    {
        var gateway = await StartGatewayAsync(Configuration);
        await using var silent = await WireConversation.ConnectAsync(gateway.MqttPort);

        Assert.Empty(await silent.ReadToEndAsync());
    }

    [Fact]
    public async Task Who_dribbles_its_connect_is_closed_after_the_connect_timeout()
    {
        var gateway = await StartGatewayAsync(Configuration);
        await using var loris = await WireConversation.ConnectAsync(gateway.MqttPort);
        var end = loris.ReadToEndAsync();
        using var drip = new PeriodicTimer(TimeSpan.FromMilliseconds(50));

        await loris.SendAsync("10 FF 7F 0004 4D515454 04 02 0000"); // The beginning of a CONNECT with a very long ClientId.
        while (!end.IsCompleted)
        {
            await drip.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            await loris.TrySendAsync("n"u8.ToArray());
        }

        Assert.Empty(await end);
    }

    [Theory]
    [InlineData("10 0D 0004 4D515454 04 02 0000 0001 6E", "20 02 00 00", "^$")] // 3.1.1 has no word for it.
    [InlineData("10 0E 0004 4D515454 05 02 0000 00 0001 6E", null, "E0..95")] // DISCONNECT: Packet too large.
    public async Task Who_sends_a_packet_beyond_the_limit_is_closed_at_its_header(string connect, string? connAck, string farewell)
    {
        var gateway = await StartGatewayAsync(Configuration);
        var client = await ConnectAsync(gateway.MqttPort, "witness");
        await using var greedy = await WireConversation.ConnectAsync(gateway.MqttPort);
        await greedy.SendAsync(connect);
        if (connAck is not null)
        {
            await greedy.ExpectAsync(connAck);
        }

        await greedy.SendAsync("30 FF FF FF 7F 0001 61"); // PUBLISH with 256 MiB announced.

        Assert.Matches(farewell, Convert.ToHexString(await greedy.ReadToEndAsync()));
        await client.SubscribeAsync("a");
        await client.PublishAsync("a", "well");
        Assert.Equal("well", (await client.ReceiveAsync("a")).Text);
    }

    [Fact]
    public async Task A_thousand_connections_without_a_connect_hinder_nobody()
    {
        var gateway = await StartGatewayAsync();
        var idle = new List<WireConversation>();
        for (var count = 0; count < 1_000; count++)
        {
            idle.Add(Own(await WireConversation.ConnectAsync(gateway.MqttPort)));
        }

        var client = await ConnectAsync(gateway.MqttPort, "client");
        await client.SubscribeAsync("a");
        await client.PublishAsync("a", "well");
        Assert.Equal("well", (await client.ReceiveAsync("a")).Text);
    }

    [Fact]
    public async Task A_subscriber_that_reads_nothing_does_not_hold_up_the_others()
    {
        var gateway = await StartGatewayAsync();
        await using var stuck = await WireConversation.ConnectAsync(gateway.MqttPort);
        await stuck.SendAsync("10 0D 0004 4D515454 04 02 0000 0001 6E 82 08 0001 0003 612F62 01"); // CONNECT, SUBSCRIBE to a/b at QoS 1
        await stuck.ExpectAsync("20 02 00 00 90 03 0001 01");
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("a/b");
        var publisher = await ConnectAsync(gateway.MqttPort, "publisher");

        var payload = new string('x', 100_000);
        for (var number = 0; number < 200; number++)
        {
            await publisher.PublishAsync("a/b", payload);
        }

        Assert.All(await subscriber.Received.CountAsync(200, "message"), message => Assert.Equal(payload.Length, message.Payload.Length));
    }
}
