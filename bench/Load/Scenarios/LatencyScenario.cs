using Edge.Load.Mqtt;
using Edge.Load.Net;
using Edge.Load.Reporting;

namespace Edge.Load.Scenarios;

/// <summary>
/// How long a QoS 1 message takes from publisher to subscriber at a steady, modest rate. The pace is kept by the clock and not
/// by the answers, so a server that pauses delays every message of its pause.
/// </summary>
internal sealed class LatencyScenario() : Scenario("latency", "QoS 1 from publisher to subscriber at --rate messages/s: p50 and p99")
{
    private const int WarmUp = 200;

    internal override LoadResult Run(LoadTarget target, LoadOptions options)
    {
        var rate = options.Rate ?? 1_000;
        var messages = options.Messages ?? 5 * rate;
        var latencies = new List<long>(messages + WarmUp);
        using var loop = new EventLoop();
        using var subscriber = new Subscriber(loop, target.Server, "load-sub", options.Version, latencies: latencies);
        using var publisher = new Publisher(
            loop, target.Server, "load-pub", options.Version, "load/latency", qos: 1, options.Payload, window: ushort.MaxValue / 2);
        loop.RunUntil(() => subscriber.Connected && publisher.Connected, SetUpLimit);
        subscriber.Subscribe("load/latency", 1);
        if (!loop.RunUntil(() => subscriber.Subscribed, SetUpLimit))
        {
            throw new LoadException("The server did not answer CONNECT or SUBSCRIBE in time.");
        }

        var all = messages + WarmUp;
        var meter = new LoadMeter(target);
        using (new Metronome(loop, rate, ticks => publisher.Publish(Math.Min(ticks, all - publisher.Sent))))
        {
            while (!(publisher.Sent == all && publisher.Complete && subscriber.Received == all) && !meter.Stalled(TimeSpan.FromSeconds(5)))
            {
                loop.Turn(100);
                meter.Note(subscriber.Received + publisher.Acknowledged);
            }
        }

        return new()
        {
            Figures = Percentiles.Of(Name, latencies.Count > WarmUp ? latencies[WarmUp..] : []),
            Cost = meter.Cost(),
            Expected = all,
            Lost = all - subscriber.Received,
            Repeated = subscriber.Repeated,
        };
    }
}
