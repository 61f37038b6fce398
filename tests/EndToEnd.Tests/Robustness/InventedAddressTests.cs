using System.Text;
using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Robustness;

/// <summary>Who connects from an address that is not his own turns no flood on it; who is where he says he is loses nothing by that.</summary>
public sealed class InventedAddressTests : EndToEndTest
{
    /// <summary>What UDP and IP add to each message.</summary>
    private const int Headers = 28;

    private static readonly byte[] Large = Encoding.ASCII.GetBytes(new string('x', 4_000));

    [Fact]
    public async Task An_address_that_does_not_answer_gets_at_most_three_times_what_came_from_it()
    {
        var gateway = await StartAsync("mqttsn.retry_interval = \"50ms\"");
        var publisher = await ConnectAsync(gateway.MqttPort, "publisher");
        await publisher.PublishAsync("ab", Encoding.ASCII.GetString(Large), retain: true);
        using var invented = new RawNode(gateway.MqttSnPort);

        await invented.SayAsync("07 04 04 01 003C 'n'", "07 12 02 0001 'ab'");
        var heard = new List<string> { await invented.HearAsync(), await invented.HearAsync(), await invented.HearAsync(), await invented.HearAsync(), await invented.HearAsync() };
        for (var i = 0; i < 3; i++)
        {
            await publisher.PublishAsync("ab", "more");
            heard.AddRange(await invented.HearAllAsync());
        }

        Assert.Equal(["05", "13", "0A", "0A", "0A"], heard.Take(5).Select(datagram => datagram[2..4]));
        Assert.DoesNotContain(heard, datagram => datagram[2..4] == "0C" || datagram.Length > 16);
        Assert.True(heard.Sum(datagram => (datagram.Length / 2) + Headers) <= 3 * (invented.Said + (invented.Times * Headers)));
    }

    [Theory]
    [InlineData("ab"), InlineData("a/b"), InlineData("plant/1/temperature"), InlineData("#")]
    public async Task A_node_that_is_there_gets_everything_however_it_has_subscribed(string filter)
    {
        var gateway = await StartAsync();
        var node = await ConnectSnAsync(gateway, "node", cleanSession: false);
        await (filter == "plant/1/temperature" ? node.SubscribeAsync(SnTopic.Predefined(1), 2) : node.SubscribeAsync(filter, 2));
        var publisher = await ConnectAsync(gateway.MqttPort, "publisher");
        var topic = filter == "#" ? string.Join('/', Enumerable.Repeat("level", 30)) : filter;
        for (var i = 0; i < 9; i++)
        {
            await publisher.PublishAsync(topic, $"{i} {Encoding.ASCII.GetString(Large)}", qos: i % 3);
        }

        Assert.Equal(Enumerable.Range(0, 9), (await node.Received.CountAsync(9, "message")).Select(message => message.Text[0] - '0'));

        // From another address, where it has to show itself once more.
        await node.DisconnectAsync();
        await publisher.PublishAsync(topic, $"9 {Encoding.ASCII.GetString(Large)}", qos: 1);
        await node.MoveAsync();
        await node.ConnectAsync(cleanSession: false);
        Assert.Equal('9', (await node.Received.CountAsync(10, "message"))[9].Text[0]);
    }

    [Fact]
    public async Task A_sleeper_that_wakes_at_another_address_gets_what_waits_and_then_the_answer_to_its_ping()
    {
        var gateway = await StartAsync();
        var node = await ConnectSnAsync(gateway, "node");
        await node.SubscribeAsync("ab", 1);
        await node.SleepAsync(600);
        var publisher = await ConnectAsync(gateway.MqttPort, "publisher");
        for (var i = 0; i < 3; i++)
        {
            await publisher.PublishAsync("ab", $"{i} {Encoding.ASCII.GetString(Large)}", qos: 1);
        }

        await node.MoveAsync();
        await node.AskAsync();

        Assert.Equal([0, 1, 2], node.Received.ToArray().Select(message => message.Text[0] - '0'));
    }

    private Task<GatewayProcess> StartAsync(params string[] settings) => StartGatewayAsync(new GatewayConfiguration
    {
        Settings = ["mqttsn.trusted_networks = \"192.0.2.0/24\"", """mqttsn.predefined_topics = { 1 = "plant/1/temperature" }""", .. settings],
    });
}
