using Edge.Load.Mqtt;
using Edge.Load.MqttSn;
using Edge.Load.Net;
using Edge.Load.Reporting;

namespace Edge.Load.Scenarios;

/// <summary>
/// How long a PUBACK takes at a steady 5,000 messages/s of 500 clients (unless told). The pace is kept by the clock and not by the answers:
/// what is due while all clients wait for PUBACK is late, and the delay counts.
/// </summary>
/// <param name="durable">Whether a subscriber who is away has to get each message, so that it has to be stored before PUBACK.</param>
internal sealed class MqttSnLatencyScenario(bool durable) : Scenario(
    durable ? "mqttsn-latency-durable" : "mqttsn-latency",
    $"MQTT-SN QoS 1 at a steady 5,000 messages/s: p50 and p99 until PUBACK{(durable ? ", each message stored before" : "")}")
{
    private const int WarmUp = 500;

    internal override Front Front => Front.MqttSn;

    internal override IReadOnlyList<Peer> Peers => durable ? [] : [new(PeerKind.PahoGateway)];

    internal override IReadOnlyList<string> GatewaySettings => durable ? ["mqtt.max_queued_messages=10000000", "mqtt.max_queued_bytes=1TiB"] : [];

    internal override LoadResult Run(LoadTarget target, LoadOptions options)
    {
        var rate = options.Rate ?? 5_000;
        var all = (options.Messages ?? 5 * rate) + WarmUp;
        using var loop = new EventLoop();
        if (durable)
        {
            LeaveSubscription(loop, target, options);
        }

        using var crowd = new ClientCrowd(loop, target, options);
        crowd.Gather(options.Clients ?? 500);

        var resentBefore = crowd.Resent;
        var due = new Queue<long>();
        var begun = 0;
        var meter = new LoadMeter(target);
        using (new Metronome(loop, rate, OnTick))
        {
            while (crowd.Acknowledged + crowd.Lost < all)
            {
                loop.Turn(100);
                meter.Note(crowd.Acknowledged);
            }
        }

        return new()
        {
            Figures = Percentiles.Of(Name, crowd.Latencies.Count > WarmUp ? crowd.Latencies[WarmUp..] : []),
            Cost = meter.Cost(),
            Expected = all,
            Lost = all - crowd.Acknowledged,
            Resent = crowd.Resent - resentBefore,
        };

        void OnTick(int ticks)
        {
            for (var now = TimeProvider.System.GetTimestamp(); ticks > 0 && begun < all; ticks--, begun++)
            {
                due.Enqueue(now);
            }

            while (due.TryPeek(out var since) && crowd.TryPublish(since))
            {
                due.Dequeue();
            }
        }
    }

    /// <summary>Subscribes to all that the load publishes, and leaves: the messages have to wait on disk.</summary>
    private static void LeaveSubscription(EventLoop loop, LoadTarget target, LoadOptions options)
    {
        var mqtt = target.Mqtt ?? throw new LoadException("Where the gateway listens for MQTT is not known: name it by --mqtt-port.");
        using var subscriber = new Subscriber(loop, mqtt, "load-away", options.Version, clean: false);
        loop.RunUntil(() => subscriber.Connected, SetUpLimit);
        subscriber.Subscribe("load/#", 1);
        if (!loop.RunUntil(() => subscriber.Subscribed, SetUpLimit))
        {
            throw new LoadException("The server did not answer CONNECT or SUBSCRIBE in time.");
        }

        subscriber.Disconnect();
        loop.RunUntil(() => subscriber.Closed, SetUpLimit);
    }
}
