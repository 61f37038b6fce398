using Edge.Load.Mqtt;
using Edge.Load.Net;
using Edge.Load.Reporting;

namespace Edge.Load.Scenarios;

/// <summary>What 10,000 idle connections (unless told) cost a load that has nothing to do with them: the same load without and with them.</summary>
internal sealed class CrowdScenario() : Scenario("crowd", "QoS 1, one publisher to one subscriber, alone and beside 10,000 idle connections")
{
    /// <summary>Loads without and loads with the crowd; the medians count.</summary>
    private const int Loads = 5;

    internal override LoadResult Run(LoadTarget target, LoadOptions options)
    {
        var count = options.Connections ?? 10_000;
        var load = DeliveryScenario.Pairs("crowd", qos: 1, pairs: 1, messages: options.Messages ?? 100_000);
        var clients = new List<MqttClient>(count);
        using var loop = new EventLoop();
        try
        {
            var results = new List<LoadResult>();
            var meter = new LoadMeter(target);
            var alone = MedianOf(results, () => load.Run(target, options));
            ConnectScenario.ConnectMany(loop, target, options.Version, clients, count, "load-crowd");
            var beside = MedianOf(results, () => load.Run(target, options));
            meter.Note(clients.Count);
            return new()
            {
                Figures =
                [
                    new($"{Name} slower by", (1 - (beside / alone)) * 100, "%", MoreIsBetter: false),
                    new($"{Name} alone", alone, "msg/s"),
                    new($"{Name} beside {count}", beside, "msg/s"),
                ],
                Cost = meter.Cost(),
                Expected = results.Sum(result => result.Expected),
                Lost = results.Sum(result => result.Lost),
                Repeated = results.Sum(result => result.Repeated),
            };
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    private static double MedianOf(List<LoadResult> all, Func<LoadResult> load)
    {
        load(); // To warm up: a server that collects garbage has looked at what is new by then.
        var results = Enumerable.Range(0, Loads).Select(_ => load()).ToList();
        all.AddRange(results);
        return results.Select(result => result.Figures[0].Value).Order().ElementAt(Loads / 2);
    }
}
