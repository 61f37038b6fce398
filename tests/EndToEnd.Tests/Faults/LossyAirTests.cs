using System.Globalization;
using System.Text;
using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Faults;

/// <summary>
/// Many MQTT-SN clients, half of them asleep, on a link that loses a tenth of all datagrams, doubles and reorders others; a third change their address; the
/// gateway is killed three times. <c>EDGE_E2E_AIR=1000</c> plays it with so many clients.
/// </summary>
[Collection(HeavyCollection.Name)]
public sealed class LossyAirTests : EndToEndTest
{
    private const int MessagesEach = 6;
    private const int Kills = 3;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private static int Pairs { get; } = int.Parse(Environment.GetEnvironmentVariable("EDGE_E2E_AIR") ?? "200", CultureInfo.InvariantCulture) / 2;

    [Fact]
    public async Task What_was_acknowledged_reaches_sleepers_on_a_lossy_link_over_three_kills_at_QoS_2_exactly_once()
    {
        var gateway = await StartGatewayAsync(new GatewayConfiguration { Settings = ["""mqttsn.retry_interval = "500ms" """, "mqttsn.retry_limit = 10", """mqttsn.trusted_networks = "192.0.2.0/24" """] });
        var acknowledged = new Journal<string>();
        var sleepers = await Task.WhenAll(Enumerable.Range(0, Pairs).Select(number => SleeperAsync(gateway.MqttSnPort, number)));
        using var done = new CancellationTokenSource();
        var sleeping = sleepers.Select((sleeper, number) => SleepAndWakeAsync(sleeper, number, done.Token)).ToArray();
        var publishing = Enumerable.Range(0, Pairs).Select(number => PublishAllAsync(gateway.MqttSnPort, number, acknowledged)).ToArray();

        for (var kill = 1; kill <= Kills; kill++)
        {
            await acknowledged.CountAsync(Pairs * MessagesEach * kill / (Kills + 1), "acknowledgement", Limit);
            await gateway.KillAsync();
            await gateway.StartAsync();
        }

        await Task.WhenAll(publishing).OrFailAsync("The last acknowledgement", Limit);
        await Task.WhenAll(sleepers.Select((sleeper, number) => sleeper.Received.WhenAsync(
            received => Wanted(number).All(text => received.Any(message => message.Text == text)), $"all of sleeper {number}", Limit)));
        await done.CancelAsync();
        await Task.WhenAll(sleeping);

        Assert.All(sleepers.Index(), sleeper =>
        {
            var received = sleeper.Item.Received.ToArray();
            Assert.All(received, message => Assert.Contains(message.Text, Wanted(sleeper.Index)));
            Assert.All(received.Where(message => IsExactlyOnce(message.Text)).CountBy(message => message.Text), count => Assert.Equal((count.Key, 1), (count.Key, count.Value)));
        });
    }

    private static string[] Wanted(int number) => [.. Enumerable.Range(0, MessagesEach).Select(index => $"{number}.{index}")];

    private static bool IsExactlyOnce(string text) => (text[^1] - '0') % 2 == 1;

    private static bool Moves(int number) => number % 3 == 0;

    private static SnClient NewClient(int port, string clientId, int number) =>
        new(port, clientId, (new LossyAir(2 * number), new LossyAir((2 * number) + 1)));

    private async Task<SnClient> SleeperAsync(int port, int number)
    {
        var client = Own(NewClient(port, $"sleeper-{number}", number));
        await UntilDoneAsync(() => client.ConnectAsync(cleanSession: false));
        await UntilDoneAsync(() => client.SubscribeAsync($"air/{number}", 2));
        await UntilDoneAsync(() => client.SleepAsync(600));
        return client;
    }

    /// <summary>Wakes as soon as it has slept, so that sleeps and wakes fall into every moment of the kills.</summary>
    private static async Task SleepAndWakeAsync(SnClient client, int number, CancellationToken done)
    {
        for (var turn = 0; !done.IsCancellationRequested; turn++)
        {
            if (Moves(number) && turn % 2 == 1)
            {
                await client.MoveAsync();
            }

            try
            {
                await client.AskAsync();
                await client.SleepAsync((ushort)(600 + (turn % 2)));
            }
            catch (SnException)
            {
                // Told to connect again, or the gateway is away for too long.
                await UntilDoneAsync(() => client.ConnectAsync(cleanSession: false));
                await UntilDoneAsync(() => client.SleepAsync(600));
            }
        }
    }

    private async Task PublishAllAsync(int port, int number, Journal<string> acknowledged)
    {
        var client = Own(NewClient(port, $"publisher-{number}", Pairs + number));
        await UntilDoneAsync(() => client.ConnectAsync(cleanSession: false));
        foreach (var (index, text) in Wanted(number).Index())
        {
            if (Moves(number) && index == MessagesEach / 2)
            {
                await client.MoveAsync();
            }

            var (qos, msgId) = (IsExactlyOnce(text) ? 2 : 1, (ushort)(1_000 + index));
            await ConnectedAsync(async () => await client.PublishAsync(await client.RegisterAsync($"air/{number}"), Encoding.UTF8.GetBytes(text), qos, msgId));
            if (qos == 2)
            {
                await ConnectedAsync(() => client.ReleaseAsync(msgId));
            }

            acknowledged.Add(text);
        }

        async Task ConnectedAsync(Func<Task> step)
        {
            while (!await TryAsync(step))
            {
                await UntilDoneAsync(() => client.ConnectAsync(cleanSession: false));
            }
        }
    }

    private static async Task UntilDoneAsync(Func<Task> step)
    {
        while (!await TryAsync(step))
        {
            // The gateway is away, or the link was worse than the client had patience.
        }
    }

    private static async Task<bool> TryAsync(Func<Task> step)
    {
        try
        {
            await step();
            return true;
        }
        catch (SnException)
        {
            return false;
        }
    }
}
