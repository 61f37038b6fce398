using System.Globalization;
using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Faults;

/// <summary>The promise of the gateway, told as one story: nothing that was acknowledged is ever lost.</summary>
[Collection(HeavyCollection.Name)]
public sealed class StoreAndForwardTests : EndToEndTest
{
    private const int Rounds = 20;
    private const int Faults = 24;
    private const int Kills = 6;

    /// <summary>Sends the same faults again at the same points of progress.</summary>
    private const string SeedVariable = "EDGE_E2E_SEED";

    /// <summary>Who publishes, at which QoS, and how much in each round: 10,000 messages at QoS 1, and 1,000 at QoS 2.</summary>
    private static readonly (string Name, int Qos, int PerRound)[] Sources =
        [("mqtt-1", 1, 200), ("mqtt-2", 1, 150), ("node-1", 1, 50), ("node-2", 1, 50), ("node-3", 1, 50), ("exact", 2, 50)];

    private readonly Journal<string> _acknowledged = new();
    private MosquittoProcess _cloud = null!;
    private CuttableLink _link = null!;
    private GatewayProcess _gateway = null!;

    [Fact]
    public async Task Whatever_befalls_cloud_link_and_gateway_the_cloud_has_every_acknowledged_message_in_order()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next();
        Say($"{SeedVariable}={seed} repeats the faults of this run.");
        _cloud = await StartCloudAsync();
        _link = Own(new CuttableLink(_cloud.Port));
        _gateway = await StartGatewayAsync(new GatewayConfiguration
        {
            CloudPort = _link.Port,
            Forward = """{ filter = "sensors/+/1", qos = 1, topic = "site/${topic}" }, { filter = "sensors/+/2", qos = 2, topic = "site/${topic}" }""",
            Settings = ["""mqttsn.retry_interval = "500ms" """],
        });
        var collector = Own(new DurableMqttClient("collector", _cloud.Port, ("site/#", 2)));
        await collector.StartAsync();
        var publishers = Sources.Select(source => Own(CreatePublisher(source.Name))).ToArray();
        await Task.WhenAll(publishers.Select(publisher => publisher.StartAsync()));

        await Task.WhenAll(PublishAsync(publishers), BreakAsync(new Random(seed)));

        var total = Rounds * Sources.Sum(source => source.PerRound);
        await _acknowledged.CountAsync(total, "acknowledgement");
        var seen = new HashSet<(string, string)>();
        var looked = 0;
        await collector.Received.WhenAsync(
            messages =>
            {
                for (; looked < messages.Count; looked++)
                {
                    seen.Add((messages[looked].Topic, messages[looked].Text));
                }

                return seen.Count == total;
            },
            $"{total} different messages at the cloud",
            TimeSpan.FromMinutes(2));
        await MarkTheEndAsync(publishers, collector);

        foreach (var (name, qos, perRound) in Sources)
        {
            var expected = Enumerable.Range(1, Rounds * perRound).Select(number => $"{number}");
            var arrived = collector.Received.ToArray().Where(message => message.Topic == TopicAtCloud(name, qos) && message.Payload.Length > 0).Select(message => message.Text).ToArray();
            Say($"{name}: {Rounds * perRound} acknowledged, {arrived.Length} arrived.");
            Assert.Equal(expected, qos == 2 ? arrived : arrived.Distinct()); // At QoS 1 a message may come again, but never before an older one came first.
        }
    }

    private static string Topic(string source, int qos) => $"sensors/{source}/{qos}";

    private static string TopicAtCloud(string source, int qos) => $"site/{Topic(source, qos)}";

    private INumberedPublisher CreatePublisher(string name) => name.StartsWith("node", StringComparison.Ordinal)
        ? new DurableSnClient(name, _gateway.MqttSnPort) { Acknowledged = _acknowledged }
        : new DurableMqttClient(name, _gateway.MqttPort) { Acknowledged = _acknowledged };

    /// <summary>All publish at once, none more than a round ahead of the others, so that every fault finds all of them at work.</summary>
    private static async Task PublishAsync(INumberedPublisher[] publishers)
    {
        for (var round = 0; round < Rounds; round++)
        {
            await Task.WhenAll(publishers.Zip(Sources, (publisher, source) => PublishRoundAsync(publisher, source, round)));
        }
    }

    private static async Task PublishRoundAsync(INumberedPublisher publisher, (string Name, int Qos, int PerRound) source, int round)
    {
        for (var number = (round * source.PerRound) + 1; number <= (round + 1) * source.PerRound; number++)
        {
            await publisher.SendAsync(Topic(source.Name, source.Qos), $"{number}", source.Qos);
        }
    }

    /// <summary>Breaks and mends things at random points of progress; at the end all is whole.</summary>
    private async Task BreakAsync(Random random)
    {
        var total = Rounds * Sources.Sum(source => source.PerRound);
        var moments = Enumerable.Range(0, Faults).Select(_ => random.Next(total / 50, total * 19 / 20)).Order().ToArray();
        var kills = Enumerable.Range(0, Faults).OrderBy(_ => random.Next()).Take(Kills).ToHashSet();
        var (cloudIsUp, linkIsOpen) = (true, true);
        for (var fault = 0; fault < Faults; fault++)
        {
            await _acknowledged.CountAsync(moments[fault], "acknowledgement");
            if (kills.Contains(fault))
            {
                Say($"After {_acknowledged.Count}: kill -9 of the gateway.");
                await _gateway.KillAsync();
                await _gateway.StartAsync();
            }
            else if (!cloudIsUp)
            {
                Say($"After {_acknowledged.Count}: the cloud starts.");
                await _cloud.StartAsync();
                cloudIsUp = true;
            }
            else if (!linkIsOpen)
            {
                Say($"After {_acknowledged.Count}: octets move again.");
                _link.Pass();
                linkIsOpen = true;
            }
            else if (random.Next(3) is var kind && kind == 0)
            {
                Say($"After {_acknowledged.Count}: the cloud stops.");
                await _cloud.StopAsync();
                cloudIsUp = false;
            }
            else if (kind == 1)
            {
                Say($"After {_acknowledged.Count}: a blackhole.");
                _link.Blackhole();
                linkIsOpen = false;
            }
            else
            {
                Say($"After {_acknowledged.Count}: the link is cut.");
                _link.Cut();
            }
        }

        _link.Pass();
        if (!cloudIsUp)
        {
            await _cloud.StartAsync();
        }
    }

    /// <summary>Whatever would still be repeated comes before these.</summary>
    private static async Task MarkTheEndAsync(INumberedPublisher[] publishers, DurableMqttClient collector)
    {
        foreach (var (publisher, source) in publishers.Zip(Sources))
        {
            await publisher.SendAsync(Topic(source.Name, source.Qos), "", source.Qos);
        }

        await collector.Received.WhenAsync(messages => messages.Count(message => message.Payload.Length == 0) >= Sources.Length, "The end of every source");
    }
}
