using Edge.Load.Coap;
using Edge.Load.Mqtt;
using Edge.Load.Net;
using Edge.Load.Reporting;

namespace Edge.Load.Scenarios;

/// <summary>
/// CoAP clients that POST Confirmable requests with one exchange under way each, as devices do. At the gateway an MQTT client subscribes to all of
/// it; the peers only answer. Each client has had one exchange before, so that the server knows it and has its resource.
/// </summary>
internal sealed class CoapPostScenario(int clients, int messages)
    : Scenario($"coap-post-{clients}", $"CoAP CON POST, {clients} client(s) with one under way each; at the gateway to an MQTT subscriber")
{
    /// <summary>A Message ID may not come again within EXCHANGE_LIFETIME (RFC 7252 §4.4).</summary>
    private const int MostEach = 65_535;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    internal override Front Front => Front.Coap;

    internal override IReadOnlyList<Peer> Peers =>
    [
        new(PeerKind.LibCoap, LeastRatio: clients <= 100 ? 1 : null),
        new(PeerKind.NpmCoap, LeastRatio: clients <= 100 ? 5 : null),
    ];

    internal override Scenario? KeepsUpWith => clients > 100 ? new CoapPostScenario(100, messages) : null;

    internal override LoadResult Run(LoadTarget target, LoadOptions options)
    {
        var count = options.Clients ?? clients;
        var each = Math.Max(1, (options.Messages ?? messages) / count);
        if (each > MostEach)
        {
            throw new LoadException($"A CoAP client has {MostEach} Message IDs: more --clients or fewer --messages.");
        }

        var expected = (long)each * count;
        var latencies = new List<long>((int)expected);
        using var loop = new EventLoop();
        using var subscriber = target.Mqtt is null ? null : Subscribe(loop, target, options, count);
        using var crowd = new EndPoints<PostingGroup>(
            loop, target.Server, count, (first, size) => new(loop, target.Server, first, size, options.Payload, latencies));
        Post(loop, crowd, subscriber, target, 1);
        latencies.Clear();
        var (answered, repeated, resent) = (Answered(crowd), subscriber?.Repeated ?? 0, Resent(crowd));

        var meter = Post(loop, crowd, subscriber, target, each);
        answered = Answered(crowd) - answered;
        return new()
        {
            Figures = [new(Name, meter.Rate(answered), "req/s"), .. Percentiles.Of(Name, latencies)],
            Cost = meter.Cost(),
            Expected = expected,
            Lost = Math.Max(expected - answered, subscriber is null ? 0 : expected + count - subscriber.Received),
            Repeated = (subscriber?.Repeated ?? 0) - repeated,
            Resent = Resent(crowd) - resent,
        };
    }

    /// <summary>Has each client post so many messages, and waits until all are answered, or given up, and the subscriber has them.</summary>
    private static LoadMeter Post(EventLoop loop, EndPoints<PostingGroup> crowd, Subscriber? subscriber, LoadTarget target, int each)
    {
        var meter = new LoadMeter(target);
        crowd.Groups.ForEach(group => group.Post(each));
        while (!crowd.Groups.TrueForAll(group => group.IsDone) || (subscriber?.Received < crowd.Groups.Sum(group => group.Begun) && !meter.Stalled(Patience)))
        {
            loop.Turn(100);
            meter.Note(Answered(crowd) + (subscriber?.Received ?? 0));
        }

        return meter;
    }

    private static long Answered(EndPoints<PostingGroup> crowd) => crowd.Groups.Sum(group => group.Answered);

    private static long Resent(EndPoints<PostingGroup> crowd) => crowd.Groups.Sum(group => group.Resent);

    private static Subscriber Subscribe(EventLoop loop, LoadTarget target, LoadOptions options, int publishers)
    {
        var subscriber = new Subscriber(loop, target.Mqtt!, "load-sub", options.Version, mostPublishers: publishers);
        loop.RunUntil(() => subscriber.Connected, SetUpLimit);
        subscriber.Subscribe("bench/#", options.Qos);
        return loop.RunUntil(() => subscriber.Subscribed, SetUpLimit)
            ? subscriber
            : throw new LoadException("The server did not answer CONNECT or SUBSCRIBE in time.");
    }
}
