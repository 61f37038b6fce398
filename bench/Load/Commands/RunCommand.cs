using System.Net;
using System.Net.Sockets;
using Edge.Load.Reporting;
using Edge.Load.Scenarios;

namespace Edge.Load.Commands;

/// <summary><c>edge-load run SCENARIO… --port PORT</c>: loads against one server that already runs.</summary>
internal static class RunCommand
{
    internal static int Execute(CommandLine line)
    {
        if (line.Names.Count == 0)
        {
            throw new UsageException("Name a scenario to run.");
        }

        var scenarios = ScenarioList.Select(line.Names);
        var port = line.Number("--port", 1, ushort.MaxValue) ?? throw new UsageException("--port is missing.");
        var address = Resolve(line.Text("--host") ?? "127.0.0.1");
        var target = new LoadTarget(new(address, port), line.Number("--pid", 1, int.MaxValue))
        {
            Mqtt = line.Number("--mqtt-port", 1, ushort.MaxValue) is { } mqtt ? new(address, mqtt) : null,
        };
        var options = line.LoadOptions;
        foreach (var scenario in scenarios)
        {
            Console.WriteLine(RoundLine.Of(scenario.Run(target, options)));
        }

        return 0;
    }

    private static IPAddress Resolve(string host)
    {
        try
        {
            return Dns.GetHostAddresses(host).OrderBy(address => address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1).First();
        }
        catch (SocketException fault)
        {
            throw new LoadException($"--host {host}: {fault.Message}");
        }
    }
}
