using Edge.Load.Reporting;
using Edge.Load.Scenarios;
using Edge.Load.Servers;

namespace Edge.Load.Commands;

/// <summary>What the gateway is compared with in one scenario.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Server">The server.</param>
/// <param name="Scenario">The load on it: the gateway's own, unless the gateway is compared with itself.</param>
/// <param name="LeastRatio">How many times its first figure the gateway has to reach; null where nothing is asked for.</param>
internal sealed record Opponent(string Name, IServerKind Server, Scenario Scenario, double? LeastRatio)
{
    internal Series Results { get; } = new();
}
