using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Clients;

/// <summary>A node behind a router that forgets gets another address at any time. Its session is its ClientId's, whoever has the old address then.</summary>
public sealed class NatRebindingTests : EndToEndTest
{
    [Theory, InlineData(false), InlineData(true)]
    public async Task A_node_goes_on_at_its_new_address_by_CONNECT_or_by_PINGREQ(bool byPingReq)
    {
        var gateway = await StartGatewayAsync();
        var publisher = await ConnectAsync(gateway.MqttPort, "publisher");
        var node = Own(new SnClient(gateway.MqttSnPort, "node"));
        await node.ConnectAsync(cleanSession: false);
        await node.SubscribeAsync("commands/#", 1);
        for (var i = 1; i <= 5; i++)
        {
            await node.MoveAsync();
            await (byPingReq ? node.AskAsync() : node.ConnectAsync(cleanSession: false));
            await publisher.PublishAsync("commands/1", $"{i}", 1);
            await node.Received.CountAsync(i, "messages");
        }

        Assert.Equal(["1", "2", "3", "4", "5"], node.Received.ToArray().Select(message => message.Text));
    }

    [Fact]
    public async Task What_was_published_while_a_node_moved_is_there_when_it_comes()
    {
        var gateway = await StartGatewayAsync(new() { Settings = ["""mqttsn.retry_interval = "200ms" """] });
        var publisher = await ConnectAsync(gateway.MqttPort, "publisher");
        var node = Own(new SnClient(gateway.MqttSnPort, "node"));
        await node.ConnectAsync(cleanSession: false);
        await node.SubscribeAsync("commands/#", 2);
        var silent = Own(new SnClient(gateway.MqttSnPort, "other"));
        await silent.ConnectAsync(); // Nothing to do with it.

        await node.MoveAsync();
        await publisher.PublishAsync("commands/1", "1", 2);
        await publisher.PublishAsync("commands/2", "2", 1);
        await node.AskAsync();

        Assert.Equal(["1", "2"], (await node.Received.CountAsync(2, "messages")).Select(message => message.Text));
        Assert.Equal(0, silent.Received.Count);
    }

    [Fact]
    public async Task Another_node_at_an_address_that_was_given_away_inherits_nothing_and_takes_nothing()
    {
        var gateway = await StartGatewayAsync();
        var publisher = await ConnectAsync(gateway.MqttPort, "publisher");
        var first = Own(new SnClient(gateway.MqttSnPort, "first"));
        await first.ConnectAsync(cleanSession: false);
        var topic = await first.RegisterAsync("first/state");
        await first.SubscribeAsync("first/commands", 1);
        await first.SleepAsync(600);
        var port = first.LocalPort;
        await first.MoveAsync();

        var second = Own(new SnClient(gateway.MqttSnPort, "second", localPort: port));
        await second.ConnectAsync(cleanSession: false);
        await publisher.PublishAsync("first/commands", "open", 1);
        var fault = await Assert.ThrowsAsync<SnException>(() => second.PublishAsync(topic, "not mine", 1));
        await first.AskAsync();

        Assert.Contains("rejected with 2", fault.Message, StringComparison.Ordinal); // Invalid topic id.
        Assert.Equal(["open"], first.Received.ToArray().Select(message => message.Text));
        Assert.Equal(0, second.Received.Count);
    }

    [Fact]
    public async Task Who_speaks_from_a_strange_address_as_if_connected_is_told_to_connect()
    {
        var gateway = await StartGatewayAsync();
        var node = Own(new SnClient(gateway.MqttSnPort, "node"));
        await node.ConnectAsync(cleanSession: false);
        var topic = await node.RegisterAsync("state");

        await node.MoveAsync();
        await Assert.ThrowsAsync<SnException>(() => node.PublishAsync(topic, "1", 1)); // DISCONNECT.
        await node.ConnectAsync(cleanSession: false);
        await node.PublishAsync(topic, "1", 1);
    }
}
