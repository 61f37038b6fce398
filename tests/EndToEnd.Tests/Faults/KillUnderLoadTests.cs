using System.Globalization;
using Edge.EndToEnd.Tests.Harness;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace Edge.EndToEnd.Tests.Faults;

/// <summary>
/// <c>kill -9</c> at random moments while clients of every kind are at work: nothing that was acknowledged is lost, nothing of QoS 2
/// is repeated, and what one publisher says under one topic stays in order.
/// </summary>
[Collection(HeavyCollection.Name)]
public sealed class KillUnderLoadTests : EndToEndTest
{
    private const int KillsUnlessTold = 5;
    private const int StateTopics = 8;
    private const int LinesOfAStart = 5;

    /// <summary>How often it kills. Who says so wants the long run, in which the time of every start is judged, too.</summary>
    private const string KillsVariable = "EDGE_E2E_KILLS";

    /// <summary>Kills again at the same points of progress.</summary>
    private const string SeedVariable = "EDGE_E2E_SEED";

    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(2);
    private static readonly (string, int)[] Everything = [("load/#", 2), ("state/#", 2), ("later/#", 2), ("will/#", 2), ("end", 2)];
    private static readonly (string, int)[] Jobs = [("$share/workers/jobs/#", 2), ("end", 2)];

    private readonly List<TimeSpan> _starts = [];
    private GatewayProcess _gateway = null!;
    private Random _random = null!;
    private Source[] _sources = [];
    private DurableMqttClient _state = null!;
    private volatile int _stateSent;
    private volatile bool _isOver;

    [Fact]
    public async Task Nothing_acknowledged_is_lost_and_nothing_of_qos_2_repeated_and_order_stays()
    {
        var kills = Setting(KillsVariable) ?? KillsUnlessTold;
        var seed = Setting(SeedVariable) ?? Random.Shared.Next();
        Say($"{KillsVariable}={kills} {SeedVariable}={seed} repeats the kills of this run.");
        _random = new Random(seed);
        _gateway = await StartGatewayAsync(new GatewayConfiguration
        {
            Settings = ["""mqttsn.retry_interval = "500ms" """, "mqtt.max_queued_messages = 100000000", """mqtt.max_queued_bytes = "1TiB" """],
        });
        DurableMqttClient[] subscribers = [Client("always", Everything), Client("rover", Everything)];
        DurableMqttClient[] workers = [Client("worker-1", Jobs), Client("worker-2", Jobs)];
        await Task.WhenAll(subscribers.Concat(workers).Select(client => client.StartAsync()));
        _state = Client("state");
        _sources =
        [
            new Source("load/one", 1, Client("one")),
            new Source("load/two", 2, Client("two")),
            new Source("later/one", 1, Client("later-one"), Prefix: "$delayed/1/"),
            new Source("later/two", 2, Client("later-two"), Prefix: "$delayed/2/"),
            new Source("jobs/one", 1, Client("jobs-one")),
            new Source("jobs/two", 2, Client("jobs-two")),
            new Source("load/node", 1, Own(new DurableSnClient("node", _gateway.MqttSnPort))),
        ];
        await Task.WhenAll([_state.StartAsync(), .. _sources.Select(source => source.Publisher.StartAsync())]);
        var publishing = Task.WhenAll([PublishStateAsync(), .. _sources.Select(PublishAsync)]);

        for (var kill = 1; kill <= kills; kill++)
        {
            await KillAsync(kill, comeAndGo: [subscribers[1], .. workers]);
        }

        _isOver = true;
        await publishing;
        foreach (var client in subscribers.Concat(workers))
        {
            client.Return();
        }

        await MarkTheEndAsync(subscribers, workers, kills);
        Array.ForEach(subscribers, subscriber => JudgeSubscriber(subscriber, kills));
        JudgeWorkers(workers);
        Say($"Starts took {_starts.Min().TotalMilliseconds:F0} to {_starts.Max().TotalMilliseconds:F0} ms.");
        Assert.True(Setting(KillsVariable) is null || _starts.Max() < LongestStart, $"A start took {_starts.Max()}.");
    }

    private static int? Setting(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var given) ? given : null;

    private DurableMqttClient Client(string clientId, params (string Filter, int Qos)[] subscriptions) =>
        Own(new DurableMqttClient(clientId, _gateway.MqttPort, subscriptions));

    /// <summary>Publishes 1, 2, 3 and so on until all is over, and waits for the acknowledgements.</summary>
    private async Task PublishAsync(Source source)
    {
        while (!_isOver)
        {
            await source.SendNextAsync();
        }

        await source.Publisher.Acknowledged.CountAsync(source.Sent, $"acknowledgement of {source.Topic}");
    }

    /// <summary>Does so with retained messages of a few topics; every fifth clears its topic.</summary>
    private async Task PublishStateAsync()
    {
        while (!_isOver)
        {
            _stateSent++;
            await _state.SendAsync($"state/{_stateSent % StateTopics}", StateOf(_stateSent), qos: 1, retain: true);
        }

        await _state.Acknowledged.CountAsync(_stateSent, "acknowledgement of state/#");
    }

    private static string StateOf(int number) => number % 5 == 0 ? "" : $"{number}";

    /// <summary>One kill, or two when the first start is not to come to its end, and what must be so afterwards.</summary>
    private async Task KillAsync(int kill, DurableMqttClient[] comeAndGo)
    {
        foreach (var client in comeAndGo)
        {
            if (_random.Next(4) == 0)
            {
                client.Leave();
            }
            else
            {
                client.Return();
            }
        }

        await using var mourned = await ConnectMournedAsync(kill);
        await ComeAsync(Guest(kill));
        await GoAsync(Guest(kill - 1));
        if (_random.Next(2) == 0)
        {
            await mourned.DisposeAsync();
        }

        var progress = _sources[_random.Next(_sources.Length - 1)].Publisher.Acknowledged; // Not the node: it is slow.
        await progress.CountAsync(progress.Count + _random.Next(200), "acknowledgement");
        await _gateway.KillAsync();
        if (_random.Next(4) == 0)
        {
            var run = await _gateway.LaunchAsync();
            await run.Errors.CountAsync(_random.Next(LinesOfAStart), "line of its log");
            await _gateway.KillAsync();
        }

        var begin = TimeProvider.System.GetTimestamp();
        await _gateway.StartAsync();
        _starts.Add(TimeProvider.System.GetElapsedTime(begin));

        await CheckRetainedAsync();
        await CheckGuestAsync(Guest(kill), isThere: true);
        await CheckGuestAsync(Guest(kill - 1), isThere: false);
    }

    /// <summary>A client with a Will, which is to be published some time after its connection breaks.</summary>
    private Task<MqttNetClient> ConnectMournedAsync(int number) => MqttNetClient.ConnectAsync(
        _gateway.MqttPort,
        $"mourned-{number}",
        MqttProtocolVersion.V500,
        options => options
            .WithWillTopic($"will/{number}")
            .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.ExactlyOnce)
            .WithWillDelayInterval((uint)_random.Next(3))
            .WithSessionExpiryInterval(3_600));

    private static string Guest(int number) => $"guest-{number}";

    /// <summary>A session begins, with a subscription.</summary>
    private async Task ComeAsync(string guest)
    {
        await using var client = await MqttNetClient.ResumeAsync(_gateway.MqttPort, guest, MqttProtocolVersion.V311);
        await client.SubscribeAsync(guest);
    }

    /// <summary>A session ends: a clean one takes its place.</summary>
    private async Task GoAsync(string guest) => await (await MqttNetClient.ConnectAsync(_gateway.MqttPort, guest, MqttProtocolVersion.V311)).DisposeAsync();

    private async Task CheckGuestAsync(string guest, bool isThere)
    {
        await using var client = await MqttNetClient.ResumeAsync(_gateway.MqttPort, guest, MqttProtocolVersion.V311);
        Assert.Equal((guest, isThere), (guest, client.ConnAck.IsSessionPresent));
        if (isThere)
        {
            await client.PublishAsync(guest, "well");
            await client.ReceiveAsync(guest);
        }
    }

    /// <summary>Each topic retains what was acknowledged last, or something newer.</summary>
    private async Task CheckRetainedAsync()
    {
        var acknowledged = _state.Acknowledged.Count;
        if (acknowledged < StateTopics)
        {
            return;
        }

        await using var reader = await MqttNetClient.ConnectAsync(_gateway.MqttPort, "reader");
        await reader.SubscribeAsync("state/#");
        await reader.SubscribeAsync("read");
        await reader.PublishAsync("read", "");
        await reader.ReceiveAsync("read");
        var retained = reader.Received.ToArray().Where(message => message.Retain).ToDictionary(message => message.Topic, message => message.Text);
        foreach (var topic in Enumerable.Range(acknowledged - StateTopics + 1, StateTopics).GroupBy(number => $"state/{number % StateTopics}"))
        {
            var possible = Enumerable.Range(topic.Single(), _stateSent - topic.Single() + 1).Where(number => number % StateTopics == topic.Single() % StateTopics);
            Assert.Contains(retained.GetValueOrDefault(topic.Key, ""), possible.Select(StateOf));
        }
    }

    /// <summary>When this is over, whatever would still be repeated has come.</summary>
    private async Task MarkTheEndAsync(DurableMqttClient[] subscribers, DurableMqttClient[] workers, int kills)
    {
        foreach (var source in _sources)
        {
            await source.SendNextAsync();
        }

        foreach (var subscriber in subscribers)
        {
            foreach (var source in _sources.Where(source => source.Prefix.Length > 0))
            {
                await subscriber.Received.FirstAsync(message => message.Topic == source.Topic && Number(message) == source.Sent, $"The end of {source.Topic}", TimeSpan.FromMinutes(2));
            }

            for (var number = 1; number <= kills; number++)
            {
                await subscriber.Received.FirstAsync(message => message.Topic == $"will/{number}", $"Will {number}");
            }
        }

        var end = await ConnectAsync(_gateway.MqttPort, "end");
        await end.PublishAsync("end", "", qos: 2);
        foreach (var client in subscribers.Concat(workers))
        {
            await client.Received.FirstAsync(message => message.Topic == "end", "The end", TimeSpan.FromMinutes(2));
        }
    }

    private void JudgeSubscriber(DurableMqttClient subscriber, int kills)
    {
        var received = subscriber.Received.ToArray().ToLookup(message => message.Topic);
        foreach (var source in _sources.Where(source => !source.IsShared))
        {
            var arrived = received[source.Topic].Select(Number).ToArray();
            Say($"{source.Topic}: {source.Sent} acknowledged, {arrived.Length} arrived.");
            Assert.Equal(Enumerable.Range(1, source.Sent), source.Qos == 2 ? arrived : arrived.Distinct()); // At QoS 1 a message may come again, but never before an older one came first.
        }

        for (var topic = 0; topic < StateTopics; topic++)
        {
            Assert.Equal(
                Enumerable.Range(1, _stateSent).Where(number => number % StateTopics == topic).Select(StateOf).Where(state => state.Length > 0),
                received[$"state/{topic}"].Select(message => message.Text).Where(state => state.Length > 0).Distinct());
        }

        Assert.All(Enumerable.Range(1, kills), number => Assert.Single(received[$"will/{number}"]));
    }

    private void JudgeWorkers(DurableMqttClient[] workers)
    {
        foreach (var source in _sources.Where(source => source.IsShared))
        {
            var arrived = workers.Select(worker => worker.Received.ToArray().Where(message => message.Topic == source.Topic).Select(Number).ToArray()).ToArray();
            Say($"{source.Topic}: {source.Sent} acknowledged, {string.Join(" + ", arrived.Select(numbers => numbers.Length))} arrived.");

            // What comes again at QoS 1 may go to the other worker, behind what that one has had before.
            Assert.All(arrived, numbers => Assert.True(source.Qos == 1 || numbers.SequenceEqual(numbers.Order())));
            var all = arrived.SelectMany(numbers => numbers).Order();
            Assert.Equal(Enumerable.Range(1, source.Sent), source.Qos == 2 ? all : all.Distinct());
        }
    }

    private static int Number(ReceivedMessage message) => int.Parse(message.Text, CultureInfo.InvariantCulture);

    /// <summary>A publisher of numbers under one topic.</summary>
    private sealed record Source(string Topic, int Qos, INumberedPublisher Publisher, string Prefix = "")
    {
        public int Sent { get; private set; }

        public bool IsShared => Topic.StartsWith("jobs/", StringComparison.Ordinal);

        /// <summary>Payloads are of many lengths.</summary>
        public Task SendNextAsync()
        {
            Sent++;
            return Publisher.SendAsync($"{Prefix}{Topic}", $"{Sent}".PadLeft(Sent % 300), Qos);
        }
    }
}
