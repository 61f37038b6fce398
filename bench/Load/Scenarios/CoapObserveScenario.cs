using Edge.Load.Coap;
using Edge.Load.Mqtt;
using Edge.Load.Net;
using Edge.Load.Reporting;

namespace Edge.Load.Scenarios;

/// <summary>
/// CoAP clients that observe one topic to which an MQTT client publishes, no faster than they are notified: UDP would drop the rest.
/// </summary>
/// <param name="qos">QoS of the messages, and of the observations where it is not 0: at 0 notifications are Non-confirmable, at 1 Confirmable.</param>
/// <param name="messages">Messages published.</param>
/// <param name="leastRate">Notifications per second that are asked for; null for none.</param>
internal sealed class CoapObserveScenario(int qos, int messages, int? leastRate) : Scenario(
    qos == 0 ? "coap-observe-non" : "coap-observe-con",
    $"1,000 CoAP clients observe one topic, {(qos == 0 ? "Non-confirmable" : "Confirmable")} notifications")
{
    private const string Topic = "bench/fan";

    internal override Front Front => Front.Coap;

    internal override IReadOnlyList<Peer> Peers => [];

    internal override LoadResult Run(LoadTarget target, LoadOptions options)
    {
        var mqtt = target.Mqtt ?? throw new LoadException("Where the gateway listens for MQTT is not known: name it by --mqtt-port.");
        var count = options.Clients ?? 1_000;
        var total = options.Messages ?? messages;
        var expected = (long)total * count;
        using var loop = new EventLoop();
        using var observers = new EndPoints<ObserverGroup>(
            loop, target.Server, count, (first, size) => new(loop, target.Server, first, size, Topic, qos == 0 ? null : $"qos={qos}"));
        using var publisher = new Publisher(loop, mqtt, "load-pub", options.Version, Topic, qos, options.Payload, options.Inflight);
        if (!loop.RunUntil(() => publisher.Connected && observers.Groups.Sum(group => group.Ready) == count, SetUpLimit))
        {
            throw new LoadException("The server did not answer CONNECT, or not all requests to observe, in time.");
        }

        var meter = new LoadMeter(target);
        long received = 0;
        while (received < expected && !meter.Stalled(TimeSpan.FromSeconds(qos == 0 ? 1 : 5)))
        {
            var most = Math.Min(total, (received / count) + options.Inflight);
            publisher.Publish((int)Math.Max(0, most - publisher.Sent));
            loop.Turn(100);
            received = observers.Groups.Sum(group => group.Received);
            meter.Note(received);
        }

        var confirmable = observers.Groups.Sum(group => group.Confirmable);
        return new()
        {
            Figures =
            [
                new(Name, meter.Rate(received), "notif/s") { Goal = leastRate },
                new($"{Name} confirmable", 100.0 * confirmable / Math.Max(1, received), "%"),
            ],
            Cost = meter.Cost(),
            Expected = expected,
            Lost = expected - received,
            Repeated = observers.Groups.Sum(group => group.Repeated),
        };
    }
}
