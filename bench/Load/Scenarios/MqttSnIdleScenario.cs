using Edge.Load.MqttSn;
using Edge.Load.Net;
using Edge.Load.Reporting;

namespace Edge.Load.Scenarios;

/// <summary>Resident memory without and with 10,000 MQTT-SN clients (unless told) that are connected, have registered a topic, and say nothing.</summary>
internal sealed class MqttSnIdleScenario() : Scenario("mqttsn-idle", "resident memory with 0 and 10,000 connected MQTT-SN clients")
{
    internal override Front Front => Front.MqttSn;

    internal override IReadOnlyList<Peer> Peers => [];

    internal override LoadResult Run(LoadTarget target, LoadOptions options)
    {
        var count = options.Clients ?? 10_000;
        using var loop = new EventLoop();
        using var crowd = new ClientCrowd(loop, target, options);
        var meter = new LoadMeter(target);
        var before = IdleScenario.Resident(loop, target);
        crowd.Gather(count);
        meter.Note(count);
        var after = IdleScenario.Resident(loop, target);
        return new()
        {
            Figures =
            [
                new($"{Name} each", (after - before) / (double)count, "KiB", MoreIsBetter: false),
                new($"{Name} 0", before / 1024.0, "MiB", MoreIsBetter: false),
                new($"{Name} {count}", after / 1024.0, "MiB", MoreIsBetter: false),
            ],
            Cost = meter.Cost(),
            Expected = count,
        };
    }
}
