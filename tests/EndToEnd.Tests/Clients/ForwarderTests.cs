using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Clients;

/// <summary>MQTT-SN nodes behind forwarders (MQTT-SN 1.2 §5.5): each is a client of its own.</summary>
public sealed class ForwarderTests : EndToEndTest
{
    private const int Nodes = 20;

    private static readonly GatewayConfiguration Configuration = new()
    {
        Settings = ["""mqttsn.retry_interval = "500ms" """, """mqttsn.predefined_topics = { 1 = "plant/1/temperature" }"""],
    };

    [Fact]
    public async Task Many_nodes_behind_many_forwarders_publish_and_receive_each_its_own()
    {
        var gateway = await StartGatewayAsync(Configuration);
        SnForwarder[] forwarders = [.. new[] { 1, 2, 8, 252 }.Select(length => Own(new SnForwarder(gateway.MqttSnPort, length)))];
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("up/#", 1);

        var nodes = await Task.WhenAll(Enumerable.Range(0, Nodes).Select(async number =>
        {
            var node = Own(new SnClient(forwarders[number % forwarders.Length].Port, $"node-{number}"));
            await node.ConnectAsync();
            await node.SubscribeAsync($"down/{number}/+", 1 + (number % 2));
            await node.PublishAsync(await node.RegisterAsync($"up/{number}"), $"{number}", 1 + (number % 2));
            return node;
        }));
        var received = await subscriber.Received.CountAsync(Nodes, "message");
        Assert.All(received, message => Assert.Equal($"up/{message.Text}", message.Topic));
        Assert.Equal(Nodes, received.Select(message => message.Topic).Distinct().Count());

        for (var number = 0; number < Nodes; number++)
        {
            await subscriber.PublishAsync($"down/{number}/led", $"{number}", 2);
        }

        for (var number = 0; number < Nodes; number++)
        {
            Assert.Equal($"{number}", (await nodes[number].Received.CountAsync(1, "command"))[0].Text);
        }
    }

    [Fact]
    public async Task A_node_sleeps_behind_one_forwarder_and_wakes_behind_another()
    {
        var gateway = await StartGatewayAsync(Configuration);
        var (here, there) = (Own(new SnForwarder(gateway.MqttSnPort, 4)), Own(new SnForwarder(gateway.MqttSnPort, 0)));
        var node = Own(new SnClient(here.Port, "node"));
        await node.ConnectAsync();
        await node.SubscribeAsync("commands/#", 1);
        await node.SleepAsync(600);
        var publisher = await ConnectAsync(gateway.MqttPort, "publisher");
        await publisher.PublishAsync("commands/1", "on", 1);

        await node.MoveAsync(there.Port);
        await node.AskAsync();

        Assert.Equal("on", Assert.Single(node.Received.ToArray()).Text);
    }

    [Fact]
    public async Task A_forwarder_is_a_node_itself_and_what_it_wraps_badly_is_counted()
    {
        var gateway = await StartGatewayAsync(Configuration with { Settings = [.. Configuration.Settings, """gateway.sys_interval = "100ms" """] });
        await SnClient.SayAsync(gateway.MqttSnPort, "09FE00C0010216", "03FE0003FE00", "05FE00C001", "02FE", "03FE0002FF");
        var node = await ConnectSnAsync(gateway, "forwarder");
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("$SYS/broker/messages/dropped/malformed");

        await node.PublishAsync(SnTopic.Predefined(1), "well", 1);

        await subscriber.Received.FirstAsync(message => message.Text == "5", "the count of what was malformed");
    }
}
