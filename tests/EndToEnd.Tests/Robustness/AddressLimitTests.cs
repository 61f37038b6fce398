using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Robustness;

/// <summary>Limits on what comes from one address.</summary>
public sealed class AddressLimitTests : EndToEndTest
{
    private const string Accepted = "030500";
    private const string Congestion = "030501";

    [Fact]
    public async Task A_client_too_many_of_one_address_is_told_of_congestion_until_another_goes_and_other_addresses_are_free()
    {
        var gateway = await StartGatewayAsync(new GatewayConfiguration
        {
            Settings = ["listeners.mqttsn.max_connections_per_address = 2", "gateway.sys_interval = \"100ms\""],
        });
        using var first = new RawNode(gateway.MqttSnPort, "127.0.0.2");
        using var second = new RawNode(gateway.MqttSnPort, "127.0.0.2");
        using var third = new RawNode(gateway.MqttSnPort, "127.0.0.2");
        using var elsewhere = new RawNode(gateway.MqttSnPort, "127.0.0.3");

        Assert.Equal([Accepted, Accepted, Congestion, Accepted], [await ConnectAsync(first, "1"), await ConnectAsync(second, "2"), await ConnectAsync(third, "3"), await ConnectAsync(elsewhere, "4")]);
        Assert.Equal(Accepted, await ConnectAsync(third, "2")); // At another port: it comes again, and its old connection goes.
        Assert.Equal("0218", await second.HearAsync());
        Assert.Equal(Congestion, await ConnectAsync(second, "3"));

        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("$SYS/broker/clients/refused/quota-exceeded");
        await subscriber.Received.FirstAsync(message => message.Text == "2", "two refusals, counted");
        await gateway.Run.Errors.FirstAsync(
            line => line.Contains("event=4006", StringComparison.Ordinal) && line.Contains("listeners.mqttsn.max_connections_per_address", StringComparison.Ordinal), "the limit in the log");

        Assert.Equal(["0218"], await first.HearAllAsync("02 18"));
        Assert.Equal(Accepted, await ConnectAsync(second, "3"));
    }

    [Fact]
    public async Task Datagrams_of_one_address_beyond_its_rate_are_not_heard_and_others_are()
    {
        var gateway = await StartGatewayAsync(new GatewayConfiguration
        {
            Settings = ["listeners.mqttsn.max_datagram_rate_per_address = \"2/h\"", "gateway.sys_interval = \"100ms\""],
        });
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("$SYS/broker/messages/dropped/rate");
        using var greedy = new RawNode(gateway.MqttSnPort, "127.0.0.2");
        using var modest = new RawNode(gateway.MqttSnPort, "127.0.0.3");

        await greedy.SayAsync("03 01 00", "03 01 00", "03 01 00", "FF FF", "04 FE 00 07 03 01 00");
        await subscriber.Received.FirstAsync(message => message.Text == "3", "three datagrams, counted");

        Assert.Equal(Accepted, await ConnectAsync(modest, "1"));
        Assert.Equal(["030201", "030201"], [await greedy.HearAsync(), await greedy.HearAsync()]);
        await gateway.Run.Errors.FirstAsync(
            line => line.Contains("event=1121", StringComparison.Ordinal) && line.Contains("127.0.0.2", StringComparison.Ordinal), "the limit in the log");
    }

    private static async Task<string> ConnectAsync(RawNode node, string clientId)
    {
        await node.SayAsync($"07 04 04 01 003C '{clientId}'");
        return await node.HearAsync();
    }
}
