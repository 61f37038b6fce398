using Edge.Load.Reporting;
using Edge.Load.Scenarios;

namespace Edge.Load.Servers;

/// <summary>A server with npm's <c>coap</c> on a free loopback port that answers each request by 2.04.</summary>
/// <param name="directory">Where <c>npm install coap</c> has put it.</param>
internal sealed class NpmCoap(string directory) : IServerKind
{
    public string Name => "npm coap";

    /// <inheritdoc/>
    public LoadResult Measure(Scenario scenario, LoadOptions options)
    {
        var endPoint = FreePort.Udp();
        var script = Path.Combine(AppContext.BaseDirectory, "npm-coap.cjs");
        using var server = ServerProcess.Start("node", [script, directory, $"{endPoint.Address}", $"{endPoint.Port}"], readyText: "listening");
        return scenario.Run(new LoadTarget(endPoint, server.ProcessId), options);
    }
}
