namespace Edge.Load.Scenarios;

/// <summary>All scenarios, in the order in which they are run and printed.</summary>
internal static class ScenarioList
{
    internal static IReadOnlyList<Scenario> All { get; } =
    [
        DeliveryScenario.Pairs("mqtt", qos: 0, pairs: 1, messages: 400_000),
        DeliveryScenario.Pairs("mqtt", qos: 1, pairs: 1, messages: 150_000),
        DeliveryScenario.Pairs("mqtt", qos: 2, pairs: 1, messages: 75_000),
        DeliveryScenario.Pairs("pairs", qos: 0, pairs: 10, messages: 400_000),
        DeliveryScenario.Pairs("pairs", qos: 1, pairs: 10, messages: 150_000),
        DeliveryScenario.Pairs("pairs", qos: 2, pairs: 10, messages: 75_000),
        DeliveryScenario.FanOut(qos: 0, messages: 5_000),
        DeliveryScenario.FanOut(qos: 1, messages: 3_000),
        DeliveryScenario.FanOut(qos: 2, messages: 1_500),
        new LatencyScenario(),
        new ConnectScenario(),
        new IdleScenario(),
        new CrowdScenario(),
        new MqttSnQos1Scenario(clients: 1, messages: 30_000),
        new MqttSnQos1Scenario(clients: 10, messages: 100_000),
        new MqttSnQos1Scenario(clients: 100, messages: 200_000),
        new MqttSnQos1Scenario(clients: 1_000, messages: 200_000),
        new MqttSnQos1Scenario(clients: 10_000, messages: 400_000),
        new MqttSnOneWayScenario(qos: 0),
        new MqttSnOneWayScenario(qos: -1),
        new MqttSnLatencyScenario(durable: false),
        new MqttSnLatencyScenario(durable: true),
        new MqttSnIdleScenario(),
        new CoapPostScenario(clients: 1, messages: 40_000),
        new CoapPostScenario(clients: 10, messages: 200_000),
        new CoapPostScenario(clients: 100, messages: 300_000),
        new CoapPostScenario(clients: 1_000, messages: 300_000),
        new CoapObserveScenario(qos: 0, messages: 1_000, leastRate: 50_000),
        new CoapObserveScenario(qos: 1, messages: 300, leastRate: null),
        new CoapDtlsScenario(),
    ];

    /// <summary>
    /// The scenarios of these names; the first part of a name stands for all that begin with it (<c>fanout</c>). No name at
    /// all stands for every scenario.
    /// </summary>
    internal static IReadOnlyList<Scenario> Select(IReadOnlyList<string> names)
    {
        var unknown = names.FirstOrDefault(name => !All.Any(scenario => Answers(scenario, name)));
        return unknown is not null
            ? throw new UsageException($"No scenario is called {unknown}; there are {string.Join(", ", All.Select(scenario => scenario.Name))}.")
            : [.. All.Where(scenario => names.Count == 0 || names.Any(name => Answers(scenario, name)))];
    }

    private static bool Answers(Scenario scenario, string name) =>
        scenario.Name == name || scenario.Name.StartsWith($"{name}-", StringComparison.Ordinal);
}
