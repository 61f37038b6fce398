using Edge.Load.Servers;

namespace Edge.Load.Commands;

/// <summary><c>edge-load forward --gateway PATH</c>: what store-and-forward costs, with mosquitto playing the cloud.</summary>
internal static class ForwardCommand
{
    internal static int Execute(CommandLine line)
    {
        var program = line.Program("--gateway") ?? throw new UsageException("forward needs --gateway PATH.");
        using var directory = new WorkDirectory(line.Text("--work-dir"));
        var mosquitto = new Mosquitto(line.Program("--mosquitto", CompareCommand.DefaultMosquitto)!, directory.Location);
        var gateway = new Gateway(program, directory.Location, line.All("--gateway-set"));
        using var trial = new ForwardTrial(mosquitto, gateway, directory.Location, line.LoadOptions with
        {
            Payload = line.Text("--payload") is null ? 200 : line.LoadOptions.Payload,
        });
        return trial.Run() ? 0 : 1;
    }
}
