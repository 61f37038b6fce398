using System.Net;
using Edge.Load.Reporting;
using Edge.Load.Scenarios;

namespace Edge.Load.Servers;

/// <summary>Debian's mosquitto in its defaults, on a free loopback port.</summary>
/// <param name="program">The executable.</param>
/// <param name="directory">Where its configuration is written.</param>
internal sealed class Mosquitto(string program, string directory) : IServerKind
{
    public string Name => "mosquitto";

    /// <summary>Starts one on an end point; lines of configuration beyond the defaults are added.</summary>
    internal ServerProcess Start(IPEndPoint endPoint, string furtherLines = "")
    {
        var configuration = Path.Combine(directory, $"mosquitto-{endPoint.Port}.conf");
        File.WriteAllText(configuration, $"listener {endPoint.Port} {endPoint.Address}\nallow_anonymous true\n{furtherLines}");
        return ServerProcess.Start(program, ["-c", configuration], readyText: " running");
    }

    /// <inheritdoc/>
    public LoadResult Measure(Scenario scenario, LoadOptions options)
    {
        var endPoint = FreePort.Tcp();
        using var server = Start(endPoint);
        return scenario.Run(new LoadTarget(endPoint, server.ProcessId), options);
    }
}
