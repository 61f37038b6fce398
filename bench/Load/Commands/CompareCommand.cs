using Edge.Load.Reporting;
using Edge.Load.Scenarios;
using Edge.Load.Servers;

namespace Edge.Load.Commands;

/// <summary>
/// <c>edge-load compare [SCENARIO…] [--gateway PATH]</c>: the same loads against the gateway and a peer, mosquitto or what else the
/// scenario names, each started anew for each run, in turns (A B A B), so that both meet the same moods of the machine.
/// </summary>
internal static class CompareCommand
{
    internal const string DefaultMosquitto = "/usr/sbin/mosquitto";

    internal static int Execute(CommandLine line)
    {
        var scenarios = ScenarioList.Select(line.Names);
        var options = line.LoadOptions;
        var rounds = line.Number("--rounds", 1, 1_000) ?? 3;
        using var directory = new WorkDirectory(line.Text("--work-dir"));
        var mosquitto = new Mosquitto(line.Program("--mosquitto", DefaultMosquitto)!, directory.Location);
        var gateway = line.Program("--gateway") is { } program
            ? new Gateway(program, directory.Location, line.All("--gateway-set"))
            : null;
        var peers = new Dictionary<PeerKind, IServerKind>
        {
            [PeerKind.Mosquitto] = mosquitto,
            [PeerKind.BareReceiver] = new BareReceiver(),
        };
        if (line.Program("--paho-gateway") is { } paho)
        {
            peers[PeerKind.PahoGateway] = new PahoGateway(paho, mosquitto, directory.Location);
        }

        if (gateway is null)
        {
            Console.WriteLine("No --gateway: these are figures of its peers alone, and nothing is compared.");
        }

        var table = NewTable();
        var failures = 0;
        foreach (var scenario in scenarios)
        {
            var (ours, theirs) = (new Series(), new Series());
            var peer = peers.GetValueOrDefault(scenario.Peer);
            for (var round = 1; round <= rounds; round++)
            {
                failures += Measure(gateway, scenario, options, round, ours);
                failures += Measure(peer, scenario, options, round, theirs);
            }

            AddRows(table, peer?.Name ?? "-", ours, theirs);
        }

        Console.WriteLine();
        Console.WriteLine($"Medians of {rounds} round(s), {Environment.ProcessorCount} cores, load and server together.");
        Console.WriteLine("Pairs are gateway / peer.");
        Console.WriteLine();
        Console.Write(table);
        if (failures > 0)
        {
            Console.WriteLine($"{failures} run(s) failed and are not in the medians; see above.");
        }

        return failures == 0 ? 0 : 1;
    }

    /// <summary>Runs one load, if there is a server for it, and keeps its result; 1 when it failed, else 0.</summary>
    private static int Measure(IServerKind? server, Scenario scenario, LoadOptions options, int round, Series series)
    {
        if (server is null)
        {
            return 0;
        }

        Console.Write($"{scenario.Name} {round} {server.Name}: ");
        try
        {
            var result = server.Measure(scenario, options);
            series.Add(result);
            Console.WriteLine(RoundLine.Of(result));
            return 0;
        }
        catch (LoadException failure)
        {
            Console.WriteLine($"FAILED: {failure.Message}");
            return 1;
        }
    }

    private static Table NewTable() => new(
        "scenario", "unit", "gateway", "peer", "is", "ratio", "better is", "lost", "server CPU s", "RSS MiB", "written KiB", "generator CPU s");

    private static void AddRows(Table table, string peer, Series ours, Series theirs)
    {
        if (ours.IsEmpty && theirs.IsEmpty)
        {
            return;
        }

        var shape = (ours.IsEmpty ? theirs : ours).Shape;
        for (var i = 0; i < shape.Count; i++)
        {
            var first = i == 0;
            var (our, their) = (ours.Figure(i), theirs.Figure(i));
            table.Add(
                shape[i].Name,
                shape[i].Unit,
                Table.Number(our),
                Table.Number(their),
                first ? peer : "",
                Table.Number(our / their),
                shape[i].MoreIsBetter ? "more" : "less",
                first ? Pair(result => result.Lost) : "",
                first ? Pair(result => result.Cost.Server?.Cpu.TotalSeconds) : "",
                first ? Pair(result => result.Cost.Server?.ResidentKiB / 1024.0) : "",
                first ? Pair(result => result.Cost.Server?.WrittenBytes / 1024.0) : "",
                first ? Pair(result => result.Cost.GeneratorCpu.TotalSeconds) : "");
        }

        string Pair(Func<LoadResult, double?> value) => $"{MedianOf(ours, value)} / {MedianOf(theirs, value)}";

        static string MedianOf(Series series, Func<LoadResult, double?> value) =>
            Table.Number(series.Median(result => value(result) ?? double.NaN));
    }
}
