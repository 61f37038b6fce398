using Edge.Load.Mqtt;
using Edge.Load.Net;
using Edge.Load.Reporting;

namespace Edge.Load.Scenarios;

/// <summary>Resident memory with none, a fifth of, and all idle connections (0, 1,000 and 5,000 unless told).</summary>
internal sealed class IdleScenario() : Scenario("idle", "resident memory with 0, 1,000 and 5,000 idle connections")
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    internal override LoadResult Run(LoadTarget target, LoadOptions options)
    {
        var most = options.Connections ?? 5_000;
        var figures = new List<Figure>();
        var clients = new List<MqttClient>(most);
        using var loop = new EventLoop();
        try
        {
            var meter = new LoadMeter(target);
            foreach (var count in (int[])[0, most / 5, most])
            {
                ConnectScenario.ConnectMany(loop, target, options.Version, clients, count, "load-idle");
                meter.Note(count);
                figures.Add(new($"{Name} {count}", Resident(loop, target) / 1024.0, "MiB", MoreIsBetter: false));
            }

            return new() { Figures = figures, Cost = meter.Cost(), Expected = most };
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    /// <summary>Resident memory after a while without load, in KiB.</summary>
    internal static long Resident(EventLoop loop, LoadTarget target)
    {
        loop.RunFor(Settling);
        return ProcessUsage.Read(target.ProcessId)?.ResidentKiB
            ?? throw new LoadException("The memory of a process elsewhere cannot be read: name it by --pid.");
    }
}
