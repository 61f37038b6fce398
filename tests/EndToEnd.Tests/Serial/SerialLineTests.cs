using System.Diagnostics;
using System.Text;
using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Serial;

/// <summary>Devices on serial lines, which the tests play on pseudo-terminals.</summary>
public sealed class SerialLineTests : EndToEndTest
{
    private const int Unplugs = 100;

    /// <summary>After so many unplugs one lasts longer, so that the wait between two looks has grown.</summary>
    private const int UnplugsUntilLong = 25;
    private const int LooksWhileLong = 3;

    private static readonly TimeSpan BetweenMessages = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(3);

    /// <summary>Far more than a message takes, and far less than an unplug would have to hold it up to be noticed.</summary>
    private static readonly TimeSpan NoticeableWait = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task Nodes_of_MQTT_SN_publish_and_subscribe_over_a_line(bool isRadio)
    {
        var relay = Own(new SerialRelay(isRadio));
        relay.PlugIn();
        var gateway = await StartGatewayAsync(Line(relay.Device, isRadio ? "xbee\"\napi_mode = 2 #" : "mqttsn\" #"));
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("plant/#", 2);

        // On a wire there is one node, behind a radio there are many.
        var nodes = Enumerable.Range(1, isRadio ? 3 : 1).Select(number => Own(new SnClient(relay.Port, $"node-{number}"))).ToArray();
        foreach (var (index, node) in nodes.Index())
        {
            await node.ConnectAsync();
            await node.SubscribeAsync($"commands/{index}/+", 2);
            var topic = await node.RegisterAsync($"plant/{index}");
            for (var qos = 0; qos <= 2; qos++)
            {
                await node.PublishAsync(topic, $"{index} {qos}", qos);
                Assert.Equal($"{index} {qos}", (await subscriber.Received.CountAsync((index * 3) + qos + 1, "message"))[^1].Text);
            }
        }

        foreach (var (index, node) in nodes.Index())
        {
            await subscriber.PublishAsync($"commands/{index}/led", "on", 2);
            Assert.Equal("on", (await node.Received.CountAsync(1, "command"))[0].Text);
            await node.DisconnectAsync();
        }
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task Many_nodes_behind_a_forwarder_share_a_line(bool isRadio)
    {
        var relay = Own(new SerialRelay(isRadio));
        relay.PlugIn();
        var gateway = await StartGatewayAsync(Line(relay.Device, isRadio ? "xbee\"\napi_mode = 2 #" : "mqttsn\" #"));
        var forwarder = Own(new SnForwarder(relay.Port, idLength: 2));
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("up/#");
        for (var number = 1; number <= 3; number++)
        {
            var node = Own(new SnClient(forwarder.Port, $"node-{number}"));
            await node.ConnectAsync();
            await node.SubscribeAsync($"down/{number}", 1);
            await node.PublishAsync(await node.RegisterAsync($"up/{number}"), $"{number}", 1);
            await subscriber.PublishAsync($"down/{number}", $"{number}");

            Assert.Equal($"{number}", (await node.Received.CountAsync(1, "command"))[0].Text);
            Assert.Equal(($"up/{number}", $"{number}"), (await subscriber.Received.CountAsync(number, "message"))[^1] is var message ? (message.Topic, message.Text) : default);
        }
    }

    [Fact]
    public async Task Lines_of_text_become_messages()
    {
        using var device = new PluggableDevice();
        var terminal = device.PlugIn();
        var gateway = await StartGatewayAsync(Line(device.Path, "lines\"\ntopic = \"plant/${gateway}/${name}\" #"));
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("plant/#");

        terminal.Write("21.5 °C\r\n21.6 °C\r\n"u8);

        Assert.Equal(
            [("plant/edge-e2e/field", "21.5 °C"), ("plant/edge-e2e/field", "21.6 °C")],
            (await subscriber.Received.CountAsync(2, "message")).Select(message => (message.Topic, message.Text)));
    }

    [Fact]
    public async Task Lines_of_JSON_name_their_topics_below_that_of_the_line()
    {
        using var device = new PluggableDevice();
        var terminal = device.PlugIn();
        var gateway = await StartGatewayAsync(Line(device.Path, "lines\"\nformat = \"json\"\ntopic = \"plant/${topic}\"\nqos = 0 #"));
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("plant/#");

        terminal.Write(Encoding.UTF8.GetBytes("""
            {"topic":"press/7","payload":{"t":21.5}}
            no message
            {"topic":"press/8","payload":"on","qos":1}

            """));

        Assert.Equal(
            [("plant/press/7", """{"t":21.5}""", 0), ("plant/press/8", "on", 1)],
            (await subscriber.Received.CountAsync(2, "message")).Select(message => (message.Topic, message.Text, message.Qos)));
        await gateway.Run.Errors.FirstAsync(line => line.Contains("A line on serial line field is no JSON", StringComparison.Ordinal), "the log line");
    }

    [Fact]
    public async Task A_device_that_is_not_there_holds_nothing_up_and_the_log_and_SYS_tell_of_it()
    {
        using var device = new PluggableDevice();
        var gateway = await StartGatewayAsync(Line(device.Path, "mqttsn\" #"));
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("$SYS/broker/links/field/#");
        await subscriber.Received.FirstAsync(message => message is { Topic: "$SYS/broker/links/field/state", Text: "down" }, "down");
        await gateway.Run.Errors.FirstAsync(
            line => line.Contains($"Serial line field cannot be opened: {device.Path} is not there; plug it in", StringComparison.Ordinal), "the log line");

        var terminal = device.PlugIn();
        terminal.Write(Connect);
        Assert.Equal(ConnAck, terminal.Read(3));
        await subscriber.Received.FirstAsync(message => message is { Topic: "$SYS/broker/links/field/state", Text: "up" }, "up");
        await subscriber.Received.FirstAsync(message => message is { Topic: "$SYS/broker/links/field/frames/received", Text: "1" }, "a frame");

        await gateway.StopAsync();
        await gateway.StartAsync();
        terminal.Write(Connect);
        Assert.Equal((byte)0x02, terminal.Read(2)[0]); // DISCONNECT, as the gateway stopped.
        Assert.Equal(ConnAck, terminal.Read(3));
    }

    [Fact]
    public async Task A_device_that_is_pulled_out_and_put_in_again_100_times_is_back_in_less_than_3_s_each_time_and_MQTT_does_not_notice()
    {
        using var device = new PluggableDevice();
        var gateway = await StartGatewayAsync(Line(device.Path, "mqttsn\" #"));
        using var done = new CancellationTokenSource();
        var traffic = PublishUntilAsync(gateway, done.Token);

        var slowest = TimeSpan.Zero;
        for (var i = 0; i < Unplugs; i++)
        {
            var clock = Stopwatch.StartNew();
            var terminal = device.PlugIn();
            terminal.Write(Connect);
            Assert.Equal(ConnAck, await Task.Run(() => terminal.Read(3), TestContext.Current.CancellationToken));
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, RecoveryLimit);
            slowest = clock.Elapsed > slowest ? clock.Elapsed : slowest;
            device.PullOut();
            if (i % UnplugsUntilLong == 0)
            {
                var looks = gateway.Run.Errors.ToArray().Count(IsLook) + LooksWhileLong;
                await gateway.Run.Errors.WhenAsync(log => log.Count(IsLook) >= looks, "looks for the device");
            }
        }

        await done.CancelAsync();
        var (messages, longest) = await traffic;
        Say($"The slowest recovery took {slowest.TotalMilliseconds:F0} ms; meanwhile {messages} messages passed, the slowest in {longest.TotalMilliseconds:F0} ms.");
        Assert.InRange(messages, Unplugs, int.MaxValue);
        Assert.InRange(longest, TimeSpan.Zero, NoticeableWait);
    }

    private static bool IsLook(string line) => line.Contains("Serial line field still cannot be opened", StringComparison.Ordinal);

    private static byte[] Connect => Hex.Parse("0B 04 04 01 003C 'field'");

    private static byte[] ConnAck => Hex.Parse("03 05 00");

    private static GatewayConfiguration Line(string device, string protocol) => new()
    {
        Settings =
        [
            "gateway.sys_interval = \"100ms\"",
            "log.level = \"debug\"",
            $"""
             [[serial]]
             name = "field"
             device = "{device}"
             protocol = "{protocol}
             """,
        ],
    };

    /// <summary>Publishes one message after the other, and sees that each arrives.</summary>
    private async Task<(int Messages, TimeSpan Longest)> PublishUntilAsync(GatewayProcess gateway, CancellationToken done)
    {
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("beside");
        var publisher = await ConnectAsync(gateway.MqttPort, "publisher");
        var (messages, longest) = (0, TimeSpan.Zero);
        using var pace = new PeriodicTimer(BetweenMessages);
        while (!done.IsCancellationRequested && await pace.WaitForNextTickAsync(CancellationToken.None))
        {
            var clock = Stopwatch.StartNew();
            await publisher.PublishAsync("beside", $"{messages}");
            messages++;
            Assert.Equal($"{messages - 1}", (await subscriber.Received.CountAsync(messages, "message"))[^1].Text);
            longest = clock.Elapsed > longest ? clock.Elapsed : longest;
        }

        return (messages, longest);
    }
}
