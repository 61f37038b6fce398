using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Clients;

/// <summary>Clients that never ask for a subscription, and get one.</summary>
public sealed class AutoSubscribeTests : EndToEndTest
{
    private static readonly GatewayConfiguration Configuration = new()
    {
        Settings = ["""auto_subscribe = [ { topic = "cmd/${clientid}/#", qos = 1 } ]"""],
    };

    [Fact]
    public async Task Retained_messages_follow_the_CONNACK()
    {
        var gateway = await StartGatewayAsync(Configuration);
        var publisher = await ConnectAsync(gateway.MqttPort, "publisher");
        await publisher.PublishAsync("cmd/wire/x", "1", 1, retain: true);

        await using var client = await WireConversation.ConnectAsync(gateway.MqttPort);
        await client.SendAsync("10 10 0004 4D515454 04 02 0000 0004 77697265"); // MQTT 3.1.1, "wire"
        await client.ExpectAsync("20 02 00 00");
        await client.ExpectAsync("33 0F 000A 636D642F776972652F78 0001 31"); // PUBLISH QoS 1, RETAIN
    }

    [Fact]
    public async Task A_client_of_each_protocol_gets_what_is_for_it()
    {
        var gateway = await StartGatewayAsync(Configuration);
        var client = await ConnectAsync(gateway.MqttPort, "one");
        var node = await ConnectSnAsync(gateway, "two");
        var publisher = await ConnectAsync(gateway.MqttPort, "publisher");

        await publisher.PublishAsync("cmd/one/led", "on");
        await publisher.PublishAsync("cmd/two/led", "off");

        Assert.Equal("on", (await client.ReceiveAsync("cmd/one/led")).Text);
        var message = await node.Received.FirstAsync(_ => true, "The node's message");
        Assert.Equal(("cmd/two/led", "off"), (message.Topic, message.Text));
    }
}
