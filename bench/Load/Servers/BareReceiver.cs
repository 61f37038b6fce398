using Edge.Load.Reporting;
using Edge.Load.Scenarios;

namespace Edge.Load.Servers;

/// <summary>This program once more, as <c>edge-load receive</c>: the least that a server in .NET can do with datagrams.</summary>
internal sealed class BareReceiver : IServerKind
{
    public string Name => "bare receiver";

    /// <inheritdoc/>
    public LoadResult Measure(Scenario scenario, LoadOptions options)
    {
        var endPoint = FreePort.Udp();
        using var server = ServerProcess.Start(Environment.ProcessPath!, ["receive", "--port", $"{endPoint.Port}"], Commands.ReceiveCommand.ReadyText);
        return scenario.Run(new LoadTarget(endPoint, server.ProcessId) { IsMute = true }, options);
    }
}
