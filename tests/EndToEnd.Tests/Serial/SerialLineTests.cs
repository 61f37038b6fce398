using System.Net;
using System.Net.Sockets;
using System.Text;
using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Serial;

/// <summary>Devices on serial lines, which the tests play on pseudo-terminals.</summary>
public sealed class SerialLineTests : EndToEndTest
{
    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task Nodes_of_MQTT_SN_publish_and_subscribe_over_a_line(bool isRadio)
    {
        var relay = Own(new SerialRelay(isRadio));
        relay.PlugIn();
        var gateway = await StartGatewayAsync(NodesOn(relay, isRadio));
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("plant/#", 2);
        await subscriber.SubscribeAsync("ab");

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
        }

        await SnClient.PublishUnconnectedAsync(relay.Port, SnTopic.Short("ab"), "without a connection");
        Assert.Equal("without a connection", (await subscriber.ReceiveAsync("ab")).Text);
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task Many_nodes_behind_a_forwarder_share_a_line(bool isRadio)
    {
        var relay = Own(new SerialRelay(isRadio));
        relay.PlugIn();
        var gateway = await StartGatewayAsync(NodesOn(relay, isRadio));
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
    public async Task A_gateway_advertises_itself_to_all_radios_in_reach_when_its_own_is_plugged_in()
    {
        var relay = Own(new SerialRelay(isRadio: true));
        var configuration = NodesOn(relay, isRadio: true);
        var gateway = await StartGatewayAsync(configuration with { Settings = ["mqttsn.advertise_interval = \"3s\"", .. configuration.Settings] });
        await gateway.Run.Errors.FirstAsync(line => line.Contains("Serial line field cannot be opened", StringComparison.Ordinal), "the radio missing");
        using var node = new UdpClient();
        await node.SendAsync(Hex.Parse("02 17"), new IPEndPoint(IPAddress.Loopback, relay.Port), TestContext.Current.CancellationToken); // So that the relay knows of it; nobody hears.

        relay.PlugIn();

        Assert.Equal(Hex.Parse("05 00 01 0003"), (await node.ReceiveAsync(TestContext.Current.CancellationToken)).Buffer);
        Assert.Equal(Hex.Parse("05 00 01 0003"), (await node.ReceiveAsync(TestContext.Current.CancellationToken)).Buffer);
    }

    [Fact]
    public async Task Lines_of_text_become_messages()
    {
        using var device = new PluggableDevice();
        var terminal = device.PlugIn();
        var gateway = await StartGatewayAsync(SerialConfiguration.Line(device.Path, "lines", "topic = \"plant/${gateway}/${name}\""));
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
        var gateway = await StartGatewayAsync(SerialConfiguration.Line(device.Path, "lines", "format = \"json\"", "topic = \"plant/${topic}\"", "qos = 0"));
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
        var gateway = await StartGatewayAsync(SerialConfiguration.Line(device.Path, "mqttsn"));
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("$SYS/broker/links/field/#");
        await subscriber.Received.FirstAsync(message => message is { Topic: "$SYS/broker/links/field/state", Text: "down" }, "down");
        await gateway.Run.Errors.FirstAsync(
            line => line.Contains($"Serial line field cannot be opened: {device.Path} is not there; plug it in", StringComparison.Ordinal), "the log line");

        var terminal = device.PlugIn();
        terminal.Write(SerialConfiguration.Connect);
        Assert.Equal(SerialConfiguration.ConnAck, terminal.Read(3));
        await subscriber.Received.FirstAsync(message => message is { Topic: "$SYS/broker/links/field/state", Text: "up" }, "up");
        await subscriber.Received.FirstAsync(message => message is { Topic: "$SYS/broker/links/field/frames/received", Text: "1" }, "a frame");

        await gateway.StopAsync();
        await gateway.StartAsync();
        terminal.Write(SerialConfiguration.Connect);
        Assert.Equal((byte)0x02, terminal.Read(2)[0]); // DISCONNECT, as the gateway stopped.
        Assert.Equal(SerialConfiguration.ConnAck, terminal.Read(3));
    }

    private static GatewayConfiguration NodesOn(SerialRelay relay, bool isRadio) =>
        isRadio ? SerialConfiguration.Line(relay.Device, "xbee", "api_mode = 2") : SerialConfiguration.Line(relay.Device, "mqttsn");
}
