using System.Text;
using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Clients;

/// <summary>Connection mode as devices made for EMQX use it, from one address after the other.</summary>
public sealed class CoapConnectionTests : EndToEndTest
{
    [Fact]
    public async Task A_device_connects_publishes_beats_and_leaves_each_time_from_another_port()
    {
        var gateway = await StartGatewayAsync(new GatewayConfiguration { Settings = ["coap.connection_required = true"] });
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("coap/test");
        await subscriber.SubscribeAsync("$SYS/brokers/edge-e2e/clients/123/#");
        var port = gateway.CoapPort;

        var (token, _) = await CoapClient.SendAsync(port, "post", "mqtt/connection?clientid=123&username=admin&password=public");
        Assert.Matches("^[1-9][0-9]{0,9}$", token);
        Assert.Equal(("", ""), await CoapClient.SendAsync(port, "post", $"ps/coap/test?clientid=123&token={token}", "-e", "Hi, this is libcoap"));
        Assert.Equal("Hi, this is libcoap", (await subscriber.ReceiveAsync("coap/test")).Text);
        Assert.Equal(("", ""), await CoapClient.SendAsync(port, "put", $"mqtt/connection?clientid=123&token={token}"));
        Assert.Equal(("", "4.00 Missing token or clientid in connection mode"), await CoapClient.SendAsync(port, "post", "ps/coap/test?clientid=123", "-e", "no"));
        Assert.Equal(("", "4.01 Invalid token or clientid in connection mode"), await CoapClient.SendAsync(port, "post", "ps/coap/test?clientid=123&token=1", "-e", "no"));
        Assert.Equal(("", ""), await CoapClient.SendAsync(port, "delete", $"mqtt/connection?clientid=123&token={token}"));
        Assert.Equal(("", "4.01 Invalid token or clientid in connection mode"), await CoapClient.SendAsync(port, "put", $"mqtt/connection?clientid=123&token={token}"));

        await subscriber.ReceiveAsync("$SYS/brokers/edge-e2e/clients/123/disconnected");
        Assert.Equal(
            ["clients/123/connected", "coap/test", "clients/123/disconnected"],
            subscriber.Received.ToArray().Select(message => message.Topic.Replace("$SYS/brokers/edge-e2e/", "", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_a_device_observes_comes_with_it_to_another_address()
    {
        var gateway = await StartGatewayAsync();
        var publisher = await ConnectAsync(gateway.MqttPort, "publisher");
        using var before = new RawNode(gateway.CoapPort);
        await before.SayAsync("40 02 0001 B4 'mqtt' 0A 'connection' 44 'c=d1'"); // POST mqtt/connection?c=d1
        var created = Convert.FromHexString(await before.HearAsync());
        Assert.Equal(0x41, created[1]);
        var token = Encoding.ASCII.GetString(created[5..]);
        var query = $"44 'c=d1' 0{token.Length + 2:X} 't={token}'";
        await before.SayAsync($"41 01 0002 07 60 52 'ps' 01 'a' {query}"); // GET ps/a with Observe 0 and Token 07
        Assert.StartsWith("6145000207", await before.HearAsync(), StringComparison.Ordinal);

        using var after = new RawNode(gateway.CoapPort);
        await after.SayAsync($"40 03 0003 B4 'mqtt' 0A 'connection' {query}"); // PUT: it is here now
        Assert.Equal("60440003", await after.HearAsync());
        foreach (var value in (string[])["3231", "3232"])
        {
            await publisher.PublishAsync("a", Encoding.ASCII.GetString(Convert.FromHexString(value)));
            var notification = await after.HearAsync();
            Assert.StartsWith("4145", notification, StringComparison.Ordinal);
            Assert.Equal("07", notification[8..10]);
            Assert.EndsWith($"FF{value}", notification, StringComparison.Ordinal);
            await after.SayAsync($"60 00 {notification[4..8]}");
        }
    }

    [Fact]
    public async Task What_is_asked_of_a_device_by_MQTT_is_answered_by_MQTT()
    {
        var gateway = await StartGatewayAsync();
        var application = await ConnectAsync(gateway.MqttPort, "application");
        await application.SubscribeAsync("$coap/+/response");
        using var device = new RawNode(gateway.CoapPort);
        await device.SayAsync("40 03 0001 B2 'ps' 05 'hello' 44 'c=d1' FF 'x'");
        Assert.Equal("60440001", await device.HearAsync());

        await application.PublishAsync("$coap/d1/request", """{"id":7,"path":"/temperature","timeout":30}""");
        var request = await device.HearAsync();
        Assert.Equal(("4401", "BB74656D7065726174757265"), (request[..4], request[16..]));
        await device.SayAsync($"64 45 {request[4..16]} C0 FF '21.5'");

        Assert.Equal("""{"id":7,"path":"/temperature","code":"2.05","content_type":"text/plain;charset=utf-8","payload":"21.5"}""", (await application.ReceiveAsync("$coap/d1/response")).Text);
    }

    [Fact]
    public async Task From_where_addresses_may_be_invented_little_is_sent_until_a_ping_is_answered()
    {
        var gateway = await StartGatewayAsync(new GatewayConfiguration { Settings = ["coap.trusted_networks = \"192.0.2.0/24\""] });
        var publisher = await ConnectAsync(gateway.MqttPort, "publisher");
        await publisher.PublishAsync("a", new string('x', 2_000), retain: true);
        Assert.Equal((new string('x', 2_000), ""), await CoapClient.SendAsync(gateway.CoapPort, "get", "ps/a")); // Whoever fetches blocks has all of it.
        using var device = new RawNode(gateway.CoapPort);

        await device.SayAsync("41 01 0001 07 60 52 'ps' 01 'a'");
        Assert.InRange((await device.HearAsync()).Length / 2, 20, (3 * device.Said) + 64);
        var ping = await device.HearAsync();
        Assert.Equal(("4000", 8), (ping[..4], ping.Length));
        await publisher.PublishAsync("a", "news");
        await device.SayAsync($"70 00 {ping[4..8]}");

        Assert.EndsWith(Convert.ToHexString("news"u8), await device.HearAsync(), StringComparison.Ordinal);
        await using var observer = CoapClient.Observe(gateway.CoapPort, "ps/a");
        await observer.Output.FirstAsync(line => line.Length == 2_000, "What is retained, in blocks");
        await publisher.PublishAsync("a", "more");
        await observer.Output.FirstAsync(line => line == "more", "A notification");
    }
}
