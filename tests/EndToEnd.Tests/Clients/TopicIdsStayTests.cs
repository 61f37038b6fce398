using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Clients;

/// <summary>The topic ids of MQTT-SN mean the same for as long as the session is kept, and who does not know one is told.</summary>
public sealed class TopicIdsStayTests : EndToEndTest
{
    [Fact]
    public async Task Topic_ids_of_a_kept_session_mean_the_same_after_a_kill()
    {
        var gateway = await StartGatewayAsync();
        var node = Own(new SnClient(gateway.MqttSnPort, "node"));
        await node.ConnectAsync(cleanSession: false);
        var topic = await node.RegisterAsync("plant/7/temperature");

        await gateway.KillAsync();
        await gateway.StartAsync();
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("plant/#", 1);
        await node.ConnectAsync(cleanSession: false);
        await node.PublishAsync(topic, "21.5", 1);

        Assert.Equal("21.5", (await subscriber.ReceiveAsync("plant/7/temperature")).Text);
    }

    [Fact]
    public async Task A_name_has_its_id_however_often_it_is_asked_for()
    {
        var gateway = await StartGatewayAsync();
        var node = Own(new SnClient(gateway.MqttSnPort, "node"));
        await node.ConnectAsync();
        var id = await node.RegisterAsync("plant/7/temperature");

        await node.SubscribeAsync("plant/7/temperature", 1);
        Assert.Equal(id, await node.RegisterAsync("plant/7/temperature"));
        await node.ConnectAsync(cleanSession: false);
        Assert.Equal(id, await node.RegisterAsync("plant/7/temperature"));
    }

    [Fact]
    public async Task A_node_that_has_forgotten_an_id_is_told_it_again_and_gets_the_message()
    {
        var gateway = await StartGatewayAsync();
        var node = Own(new SnClient(gateway.MqttSnPort, "node"));
        await node.ConnectAsync();
        await node.SubscribeAsync("plant/#", 2);
        var publisher = await ConnectAsync(gateway.MqttPort, "publisher");
        await publisher.PublishAsync("plant/7", "1", 1);
        await node.Received.CountAsync(1, "message");

        node.ForgetTopics();
        await publisher.PublishAsync("plant/7", "2", 1);
        await node.Received.CountAsync(2, "messages");
        node.ForgetTopics();
        await publisher.PublishAsync("plant/7", "3", 2);

        Assert.Equal(["1", "2", "3"], (await node.Received.CountAsync(3, "messages")).Select(message => message.Text));
    }

    [Fact]
    public async Task When_ids_are_used_up_the_one_used_least_lately_makes_room_and_means_nothing_from_then_on()
    {
        var gateway = await StartGatewayAsync(new() { Settings = ["mqttsn.max_topic_ids = 3"] });
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("plant/#", 1);
        var node = Own(new SnClient(gateway.MqttSnPort, "node"));
        await node.ConnectAsync();
        var ids = new List<SnTopic>();
        foreach (var name in new[] { "plant/1", "plant/2", "plant/3", "plant/4" })
        {
            ids.Add(await node.RegisterAsync(name));
        }

        var fault = await Assert.ThrowsAsync<SnException>(() => node.PublishAsync(ids[0], "lost", 1));
        await node.PublishAsync(ids[1], "2", 1);
        await node.PublishAsync(await node.RegisterAsync("plant/1"), "1", 1);

        Assert.Contains("rejected with 2", fault.Message, StringComparison.Ordinal); // Invalid topic id.
        Assert.Equal([("plant/2", "2"), ("plant/1", "1")], (await subscriber.Received.CountAsync(2, "messages")).Select(message => (message.Topic, message.Text)));
    }

    [Fact]
    public async Task Ids_agreed_in_advance_are_of_all_nodes_of_each_and_of_one()
    {
        var gateway = await StartGatewayAsync(new()
        {
            Settings =
            [
                """mqttsn.predefined_topics = { 1 = "plant/all", 2 = "plant/${clientid}" }""",
                """mqttsn.client = [ { client_id = "valve", predefined_topics = { 1 = "valves/7", 3 = "valves/set" } } ]""",
            ],
        });
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("#", 1);
        foreach (var clientId in new[] { "node", "valve" })
        {
            var node = Own(new SnClient(gateway.MqttSnPort, clientId));
            await node.ConnectAsync();
            await node.PublishAsync(SnTopic.Predefined(1), clientId, 1);
            await node.PublishAsync(SnTopic.Predefined(2), clientId, 1);
        }

        Assert.Equal(
            [("plant/all", "node"), ("plant/node", "node"), ("valves/7", "valve"), ("plant/valve", "valve")],
            (await subscriber.Received.CountAsync(4, "messages")).Select(message => (message.Topic, message.Text)));
    }
}
