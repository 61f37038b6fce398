using Edge.EndToEnd.Tests.Harness;
using Edge.EndToEnd.Tests.Serial;

namespace Edge.EndToEnd.Tests.Robustness;

/// <summary>What nodes publish without a connection (QoS −1) arrives, and only what they may publish, from where they may, as fast as they may.</summary>
public sealed class QosMinusOneIsNoHoleTests : EndToEndTest
{
    private const string Sensors = "127.0.0.2";
    private const string Elsewhere = "127.0.0.3";
    private const string ConnectN = "07 04 04 01 003C 'n'";
    private const string ConnAck = "030500";

    [Fact]
    public async Task Where_it_is_turned_off_nobody_publishes_so_but_who_is_connected()
    {
        var (gateway, subscriber) = await StartAsync("mqttsn.allow_qos_minus_one = false");
        using var node = new RawNode(gateway.MqttSnPort);

        await node.SayAsync(Publish("ab", "unconnected"), ConnectN);
        Assert.Equal(ConnAck, await node.HearAsync());
        await node.SayAsync(Publish("ab", "connected"));

        Assert.Equal("connected", (await subscriber.ReceiveAsync("ab")).Text);
        await DroppedAsync(subscriber, "protocol", "1");
    }

    [Fact]
    public async Task Who_is_not_connected_may_publish_what_the_access_list_lets_clients_without_a_name()
    {
        var rules = Path.Combine(Folder, "acl.toml");
        await File.WriteAllTextAsync(rules, $$"""
            [[rule]]
            allow = "publish"
            anonymous = true
            address = "{{Sensors}}"
            topics = "ab"

            [[rule]]
            allow = "publish"
            client = "n"
            topics = ["cd", "${clientid}x"]

            [[rule]]
            allow = "subscribe"
            topics = ["#", "$SYS/#"]
            """, TestContext.Current.CancellationToken);
        var (gateway, subscriber) = await StartAsync("auth.no_match = \"deny\"", $"auth.acl_file = \"{rules}\"");
        await subscriber.SubscribeAsync("#");
        using var sensor = new RawNode(gateway.MqttSnPort, Sensors);
        using var stranger = new RawNode(gateway.MqttSnPort, Elsewhere);

        await sensor.SayAsync(Publish("ab", "1"), Publish("cd", "denied"), Publish("nx", "denied"), Forwarded(Publish("ab", "2")), Forwarded(Publish("cd", "denied")));
        await stranger.SayAsync(Publish("ab", "denied"), ConnectN);
        Assert.Equal(ConnAck, await stranger.HearAsync());
        await stranger.SayAsync(Publish("cd", "3"), Publish("nx", "4"), Publish("ab", "denied"));

        await DroppedAsync(subscriber, "not-authorized", "5");
        Assert.Equal(["ab 1", "ab 2", "cd 3", "nx 4"], Received(subscriber));
    }

    [Fact]
    public async Task From_an_address_that_is_not_named_nothing_is_taken_and_the_operator_is_told()
    {
        var (gateway, subscriber) = await StartAsync($"mqttsn.qos_minus_one_from = [\"{Sensors}\", \"serial\"]");
        using var sensor = new RawNode(gateway.MqttSnPort, Sensors);
        using var stranger = new RawNode(gateway.MqttSnPort, Elsewhere);

        await stranger.SayAsync(Publish("ab", "refused"), Forwarded(Publish("ab", "refused")));
        await sensor.SayAsync(Publish("ab", "1"), Forwarded(Publish("ab", "2")));
        await DroppedAsync(subscriber, "not-authorized", "2");

        await stranger.SayAsync(ConnectN);
        Assert.Equal(ConnAck, await stranger.HearAsync());
        await stranger.SayAsync(Publish("ab", "3"));

        await subscriber.Received.FirstAsync(message => message.Text == "3", "what a connected client published");
        Assert.Equal(["ab 1", "ab 2", "ab 3"], Received(subscriber));
        await gateway.Run.Errors.FirstAsync(line => line.Contains("event=1120", StringComparison.Ordinal) && line.Contains(Elsewhere, StringComparison.Ordinal), "the refusal in the log");
        Assert.Single(gateway.Log, line => line.Contains("event=1120", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_address_that_publishes_too_fast_loses_what_is_too_much_and_others_lose_nothing()
    {
        var (gateway, subscriber) = await StartAsync("mqttsn.qos_minus_one_rate = \"2/h\"");
        using var greedy = new RawNode(gateway.MqttSnPort, Sensors);
        using var modest = new RawNode(gateway.MqttSnPort, Elsewhere);

        await greedy.SayAsync([.. Enumerable.Repeat(Publish("ab", "greedy"), 4), Forwarded(Publish("ab", "greedy"))]);
        await modest.SayAsync(Publish("ab", "modest"));

        await DroppedAsync(subscriber, "rate", "3");
        await subscriber.Received.FirstAsync(message => message.Text == "modest", "what another address published");
        Assert.Equal(["ab greedy", "ab greedy", "ab modest"], Received(subscriber));
        await gateway.Run.Errors.FirstAsync(
            line => line.Contains("event=1121", StringComparison.Ordinal) && line.Contains("mqttsn.qos_minus_one_rate", StringComparison.Ordinal), "the limit in the log");
        Assert.Single(gateway.Log, line => line.Contains("event=1121", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_serial_line_is_a_place_of_its_own()
    {
        var relay = Own(new SerialRelay(isRadio: true));
        relay.PlugIn();
        var line = SerialConfiguration.Line(relay.Device, "xbee", "api_mode = 2");
        var (gateway, subscriber) = await StartAsync([.. line.Settings.Where(setting => !setting.StartsWith("gateway.sys", StringComparison.Ordinal)).Prepend("mqttsn.qos_minus_one_from = \"serial\"")]);

        await SnClient.PublishUnconnectedAsync(gateway.MqttSnPort, SnTopic.Short("ab"), "refused");
        await DroppedAsync(subscriber, "not-authorized", "1");
        await SnClient.PublishUnconnectedAsync(relay.Port, SnTopic.Short("ab"), "by radio");

        Assert.Equal("by radio", (await subscriber.ReceiveAsync("ab")).Text);
    }

    private static string Publish(string topic, string payload) => $"{7 + payload.Length:X2} 0C 62 '{topic}' 0000 '{payload}'";

    /// <summary>The same, from the node 07 behind a forwarder.</summary>
    private static string Forwarded(string message) => $"04 FE 00 07 {message}";

    private static IEnumerable<string> Received(MqttNetClient subscriber) =>
        subscriber.Received.ToArray().Where(message => message.Topic[0] != '$').Select(message => $"{message.Topic} {message.Text}");

    private static async Task DroppedAsync(MqttNetClient subscriber, string cause, string count)
    {
        await subscriber.SubscribeAsync($"$SYS/broker/messages/dropped/{cause}");
        await subscriber.Received.FirstAsync(message => message.Topic.EndsWith(cause, StringComparison.Ordinal) && message.Text == count, $"{count} counted as {cause}");
    }

    private async Task<(GatewayProcess Gateway, MqttNetClient Subscriber)> StartAsync(params string[] settings)
    {
        var gateway = await StartGatewayAsync(new GatewayConfiguration { Settings = ["gateway.sys_interval = \"100ms\"", .. settings] });
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("ab");
        return (gateway, subscriber);
    }
}
