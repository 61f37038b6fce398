using Edge.Load.Reporting;
using Edge.Load.Scenarios;
using Edge.Load.Servers;

namespace Edge.Load.Commands;

/// <summary>
/// <c>edge-load compare [SCENARIO…] [--gateway PATH]</c>: the same loads against the gateway and mosquitto, each started anew
/// for each run, in turns (A B A B), so that both meet the same moods of the machine.
/// </summary>
internal static class CompareCommand
{
    internal const string DefaultMosquitto = "/usr/sbin/mosquitto";

    /// <summary>Beside MQTT-SN, which mosquitto does not speak, stands its best MQTT figure.</summary>
    private const string MqttSnReference = "mqtt-qos0";

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
        if (gateway is null)
        {
            Console.WriteLine("No --gateway: these are figures of mosquitto alone, and nothing is compared.");
        }

        var table = NewTable();
        var failures = 0;
        foreach (var scenario in scenarios)
        {
            if (gateway is null && scenario.IsMqttSn)
            {
                Console.WriteLine($"{scenario.Name}: left out, mosquitto does not speak MQTT-SN.");
                continue;
            }

            var (ours, theirs) = (new Series(), new Series());
            var reference = scenario.IsMqttSn ? ScenarioList.Select([MqttSnReference])[0] : scenario;
            var referenceOptions = scenario.IsMqttSn ? options with { Messages = null } : options;
            for (var round = 1; round <= rounds; round++)
            {
                failures += gateway is null ? 0 : Measure(gateway, scenario, options, round, ours);
                failures += Measure(mosquitto, reference, referenceOptions, round, theirs);
            }

            AddRows(table, scenario, ours, theirs);
        }

        Console.WriteLine();
        Console.WriteLine($"Medians of {rounds} round(s), {Environment.ProcessorCount} cores, load and server together.");
        Console.WriteLine("Pairs are gateway / mosquitto.");
        Console.WriteLine();
        Console.Write(table);
        if (scenarios.Any(scenario => scenario.IsMqttSn) && gateway is not null)
        {
            Console.WriteLine($"* mosquitto does not speak MQTT-SN; its column is {MqttSnReference} of the same rounds, for reference.");
        }

        if (failures > 0)
        {
            Console.WriteLine($"{failures} run(s) failed and are not in the medians; see above.");
        }

        return failures == 0 ? 0 : 1;
    }

    /// <summary>Runs one load and keeps its result; 1 when it failed, else 0.</summary>
    private static int Measure(IServerKind server, Scenario scenario, LoadOptions options, int round, Series series)
    {
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
        "scenario", "unit", "gateway", "mosquitto", "ratio", "better is", "lost", "server CPU s", "RSS MiB", "written KiB", "generator CPU s");

    private static void AddRows(Table table, Scenario scenario, Series ours, Series theirs)
    {
        if (ours.IsEmpty && theirs.IsEmpty)
        {
            return;
        }

        var shape = (ours.IsEmpty ? theirs : ours).Shape;
        for (var i = 0; i < shape.Count; i++)
        {
            // The reference of MQTT-SN is one rate; its percentiles have nothing beside them.
            var first = i == 0;
            var comparable = !scenario.IsMqttSn || first;
            var (our, their) = (ours.Figure(i), comparable ? theirs.Figure(i) : double.NaN);
            var mark = scenario.IsMqttSn && first ? "*" : "";
            table.Add(
                shape[i].Name,
                shape[i].Unit,
                Table.Number(our),
                Table.Number(their) + mark,
                Table.Number(our / their) + mark,
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
