using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Clients;

/// <summary>libcoap's clients over UDP.</summary>
public sealed class CoapClientTests : EndToEndTest
{
    [Theory]
    [InlineData("post", 1)]
    [InlineData("put", 1)]
    [InlineData("post", 0, "-N")]
    [InlineData("post", 2, "-l", "1,3")]
    public async Task What_a_device_publishes_comes_to_an_MQTT_client_once(string method, int qos, params string[] options)
    {
        var gateway = await StartGatewayAsync();
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("#", 2);

        // Datagrams 1 and 3 get lost on the way where the options say so: they are sent again.
        Assert.Equal(("", ""), await CoapClient.SendAsync(gateway.CoapPort, method, $"ps/plant/1/temperature{(qos == 2 ? "?qos=2" : "")}", ["-e", "21.5", .. options]));
        Assert.Equal(("", ""), await CoapClient.SendAsync(gateway.CoapPort, "post", "ps/end", "-e", "end"));

        var end = await subscriber.ReceiveAsync("end");
        Assert.Equal([("plant/1/temperature", "21.5", qos), ("end", "end", 1)], subscriber.Received.ToArray().Select(message => (message.Topic, message.Text, message.Qos)));
        Assert.False(end.Retain);
    }

    [Fact]
    public async Task What_is_retained_is_read_replaced_and_cleared()
    {
        var gateway = await StartGatewayAsync();
        var (port, topic) = (gateway.CoapPort, "ps/plant/1/temperature");

        Assert.Equal(("", "4.04 nothing is retained"), await CoapClient.SendAsync(port, "get", topic));
        Assert.Equal(("", ""), await CoapClient.SendAsync(port, "put", $"{topic}?retain=true", "-e", "21.5"));
        Assert.Equal(("21.5", ""), await CoapClient.SendAsync(port, "get", topic));
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("plant/#");
        Assert.True((await subscriber.ReceiveAsync("plant/1/temperature")).Retain);

        Assert.Equal(("", ""), await CoapClient.SendAsync(port, "delete", topic));
        Assert.Equal(("", "4.04 nothing is retained"), await CoapClient.SendAsync(port, "get", topic));
    }

    [Fact]
    public async Task Ten_thousand_octets_go_in_blocks_both_ways_also_where_datagrams_get_lost()
    {
        var gateway = await StartGatewayAsync(new GatewayConfiguration { Settings = ["coap.ack_timeout = \"200ms\""] });
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("#");
        var (sent, received) = (Path.Combine(Folder, "sent"), Path.Combine(Folder, "received"));
        var body = string.Concat(Enumerable.Range(0, 1_000).Select(number => $"line {number:D4}\n"));
        await File.WriteAllTextAsync(sent, body, TestContext.Current.CancellationToken);

        Assert.Equal(("", ""), await CoapClient.SendAsync(gateway.CoapPort, "put", "ps/big?retain=true", "-f", sent, "-l", "4"));
        Assert.Equal(body, (await subscriber.ReceiveAsync("big")).Text);

        Assert.Equal("", (await CoapClient.SendAsync(gateway.CoapPort, "get", "ps/big", "-o", received, "-l", "5")).Error);
        Assert.Equal(body, await File.ReadAllTextAsync(received, TestContext.Current.CancellationToken));

        Assert.Equal("", (await CoapClient.SendAsync(gateway.CoapPort, "get", "ps/big", "-o", received, "-b", "64")).Error);
        Assert.Equal(body, await File.ReadAllTextAsync(received, TestContext.Current.CancellationToken));
        Assert.Single(subscriber.Received.ToArray());
    }

    [Fact]
    public async Task An_observer_has_what_is_retained_then_every_message_and_may_observe_many_topics()
    {
        var gateway = await StartGatewayAsync();
        var publisher = await ConnectAsync(gateway.MqttPort, "publisher");
        await publisher.PublishAsync("plant/1", "retained", retain: true);
        await using var one = CoapClient.Observe(gateway.CoapPort, "ps/plant/1");
        await using var many = CoapClient.Observe(gateway.CoapPort, "ps/plant/%2B", "-N", "-v", "7");
        await one.Output.FirstAsync(line => line == "retained", "What is retained");
        await many.Output.FirstAsync(line => line == "retained", "What is retained");

        foreach (var number in Enumerable.Range(0, 20))
        {
            await publisher.PublishAsync("plant/1", $"{number}", qos: number % 2);
        }

        await publisher.PublishAsync("plant/2", "another");
        var notified = await one.Output.CountAsync(21, "notifications");
        Assert.Equal(["retained", .. Enumerable.Range(0, 20).Select(number => $"{number}")], notified);
        await many.Output.FirstAsync(line => line == "another", "A notification of another topic");
        Assert.Contains(many.Errors.ToArray().Concat(many.Output.ToArray()), line => line.Contains("Location-Path:ps, Location-Path:plant, Location-Path:2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_observer_that_is_gone_is_noticed_and_its_session_ends()
    {
        var gateway = await StartGatewayAsync(new GatewayConfiguration { Settings = ["coap.ack_timeout = \"100ms\"", "coap.max_retransmit = 2"] });
        var watcher = await ConnectAsync(gateway.MqttPort, "watcher");
        await watcher.SubscribeAsync("$SYS/brokers/edge-e2e/clients/#");
        await watcher.PublishAsync("plant/1", "1", retain: true);
        var observer = CoapClient.Observe(gateway.CoapPort, "ps/plant/1?clientid=display");
        await observer.Output.FirstAsync(line => line == "1", "What is retained");

        await observer.DisposeAsync();
        await watcher.PublishAsync("plant/1", "2");

        await watcher.ReceiveAsync("$SYS/brokers/edge-e2e/clients/display/disconnected");
    }

    [Fact]
    public async Task Who_may_not_is_told_so()
    {
        var users = Path.Combine(Folder, "users.toml");
        var (exitCode, _, errors) = await ChildProcess.RunAsync("sh", "-c", $"echo secret | {Repository.Gateway} passwd {users} press-7");
        Assert.True(exitCode == 0, errors);
        var gateway = await StartGatewayAsync(new GatewayConfiguration { Settings = ["auth.allow_anonymous = false", $"auth.users_file = \"{users}\""] });

        Assert.Equal(("", "4.01 not permitted"), await CoapClient.SendAsync(gateway.CoapPort, "post", "ps/a", "-e", "1"));
        Assert.Equal(("", "4.01 not permitted"), await CoapClient.SendAsync(gateway.CoapPort, "post", "ps/a?u=press-7&p=wrong", "-e", "1"));
        Assert.Equal(("", ""), await CoapClient.SendAsync(gateway.CoapPort, "post", "ps/a?c=press-7&u=press-7&p=secret", "-e", "1"));
    }

    [Theory]
    [InlineData("get", "elsewhere", "4.04 topics are below /ps")]
    [InlineData("get", "ps/a/%2B", "4.00 wildcards are for Observe")]
    [InlineData("post", "ps", "4.00 no topic")]
    [InlineData("post", "ps/a?qos=3", "4.00 qos must be 0, 1 or 2")]
    [InlineData("fetch", "ps/a", "4.05 GET, POST, PUT or DELETE it")]
    public async Task What_is_wrong_is_named(string method, string path, string error)
    {
        var gateway = await StartGatewayAsync();

        Assert.Equal(("", error), await CoapClient.SendAsync(gateway.CoapPort, method, path, "-e", "1"));
    }

    [Fact]
    public async Task A_pack_of_measurements_is_published_by_records()
    {
        var gateway = await StartGatewayAsync(new GatewayConfiguration { Settings = ["coap.senml = \"split\""] });
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("#", 2);

        Assert.Equal(("", ""), await CoapClient.SendAsync(gateway.CoapPort, "post", "ps/plant?retain=true", "-t", "110", "-e", """[{"bn":"a:","bt":1600000000,"n":"v","v":1.10},{"n":"i","t":1,"v":2}]"""));
        Assert.Equal(("", "4.00 record 1: no value"), await CoapClient.SendAsync(gateway.CoapPort, "post", "ps/plant", "-t", "110", "-e", """[{"n":"x"}]"""));

        await subscriber.ReceiveAsync("plant/a:i");
        Assert.Equal(
            [("plant/a:v", """[{"n":"a:v","t":1600000000,"v":1.10}]""", 1), ("plant/a:i", """[{"n":"a:i","t":1600000001,"v":2}]""", 1)],
            subscriber.Received.ToArray().Select(message => (message.Topic, message.Text, message.Qos)));
        Assert.Equal("""[{"n":"a:v","t":1600000000,"v":1.10}]""", (await CoapClient.SendAsync(gateway.CoapPort, "get", "ps/plant/a:v")).Body);
    }

    [Fact]
    public async Task What_there_is_can_be_discovered()
    {
        var gateway = await StartGatewayAsync();

        Assert.Equal("""</ps>;rt="core.ps";obs;title="Topics: POST, PUT, GET, DELETE" """.TrimEnd(), (await CoapClient.SendAsync(gateway.CoapPort, "get", ".well-known/core")).Body);
        Assert.Equal("", (await CoapClient.SendAsync(gateway.CoapPort, "get", ".well-known/core?rt=temperature")).Body);
    }
}
