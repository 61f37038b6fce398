using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Clients;

/// <summary>MQTT-SN nodes and MQTT clients at one gateway.</summary>
public sealed class MqttSnClientTests : EndToEndTest
{
    private static readonly GatewayConfiguration Configuration = new()
    {
        Settings = ["""mqttsn.predefined_topics = { 1 = "plant/1/temperature" }""", """mqttsn.retry_interval = "500ms" """],
    };

    public static TheoryData<int> EveryQos => [0, 1, 2];

    [Theory, MemberData(nameof(EveryQos))]
    public async Task What_a_node_publishes_an_mqtt_client_receives(int qos)
    {
        var gateway = await StartGatewayAsync(Configuration);
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("#", 2);
        var node = await ConnectSnAsync(gateway, "node");

        await node.PublishAsync(SnTopic.Predefined(1), "by predefined id", qos);
        await node.PublishAsync(SnTopic.Short("ab"), "by short name", qos);
        await node.PublishAsync(await node.RegisterAsync("plant/1/humidity"), "by registered id", qos);

        Assert.Equal(
            [("plant/1/temperature", "by predefined id", qos), ("ab", "by short name", qos), ("plant/1/humidity", "by registered id", qos)],
            (await subscriber.Received.CountAsync(3, "message")).Select(message => (message.Topic, message.Text, message.Qos)));
    }

    [Fact]
    public async Task A_node_publishes_without_a_connection_at_qos_minus_one()
    {
        var gateway = await StartGatewayAsync(Configuration);
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("#", 2);

        await SnClient.PublishUnconnectedAsync(gateway.MqttSnPort, SnTopic.Predefined(1), "by predefined id");
        Assert.Equal("by predefined id", (await subscriber.ReceiveAsync("plant/1/temperature")).Text);

        await SnClient.PublishUnconnectedAsync(gateway.MqttSnPort, SnTopic.Short("ab"), "by short name");
        Assert.Equal("by short name", (await subscriber.ReceiveAsync("ab")).Text);
    }

    [Theory, MemberData(nameof(EveryQos))]
    public async Task What_an_mqtt_client_publishes_a_node_receives(int qos)
    {
        var gateway = await StartGatewayAsync(Configuration);
        var node = await ConnectSnAsync(gateway, "node");
        await node.SubscribeAsync("commands/node/+", qos);
        await node.SubscribeAsync("commands/all", qos);
        await node.SubscribeAsync("ab", qos);
        await node.SubscribeAsync(SnTopic.Predefined(1), qos);
        var publisher = await ConnectAsync(gateway.MqttPort, "publisher");

        foreach (var topic in (string[])["commands/node/led", "commands/all", "ab", "plant/1/temperature", "commands/node/led"])
        {
            await publisher.PublishAsync(topic, "on", 2);
        }

        Assert.Equal(
            ["commands/node/led", "commands/all", "ab", "predefined 1", "commands/node/led"],
            (await node.Received.CountAsync(5, "message")).Where(message => message.Qos == qos).Select(message => message.Topic));
    }

    [Fact]
    public async Task A_node_unsubscribes()
    {
        var gateway = await StartGatewayAsync(Configuration);
        var node = await ConnectSnAsync(gateway, "node");
        await node.SubscribeAsync("commands/one", 1);
        await node.SubscribeAsync("commands/two", 1);
        var publisher = await ConnectAsync(gateway.MqttPort, "publisher");

        await node.UnsubscribeAsync("commands/one");
        await publisher.PublishAsync("commands/one", "on");
        await publisher.PublishAsync("commands/two", "on");

        Assert.Equal("commands/two", (await node.Received.CountAsync(1, "message"))[0].Topic);
    }

    [Fact]
    public async Task A_retained_message_of_a_node_waits_for_mqtt_clients()
    {
        var gateway = await StartGatewayAsync(Configuration);
        var node = await ConnectSnAsync(gateway, "node");
        await node.PublishAsync(SnTopic.Predefined(1), "21.5", 1, retain: true);

        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("plant/#");

        var message = await subscriber.ReceiveAsync("plant/1/temperature");
        Assert.Equal(("21.5", true), (message.Text, message.Retain));
    }

    [Fact]
    public async Task The_will_of_a_node_speaks_when_the_node_falls_silent()
    {
        var gateway = await StartGatewayAsync(Configuration);
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("wills/#");

        var node = Own(new SnClient(gateway.MqttSnPort, "node"));
        await node.ConnectAsync(keepAlive: 1, will: ("wills/node", "gone"));

        Assert.Equal("gone", (await subscriber.ReceiveAsync("wills/node")).Text);
    }
}
