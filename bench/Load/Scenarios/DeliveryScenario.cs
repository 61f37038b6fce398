using Edge.Load.Mqtt;
using Edge.Load.Net;
using Edge.Load.Reporting;

namespace Edge.Load.Scenarios;

/// <summary>
/// Publishers to subscribers as fast as it goes: some pairs of one publisher and one subscriber, or one publisher to many
/// subscribers. Each subscriber sees one publisher's messages, so that loss and repetition show by sequence number.
/// </summary>
internal sealed class DeliveryScenario : Scenario
{
    private readonly int _qos;
    private readonly int _messages;
    private readonly int _pairs;
    private readonly bool _fanOut;

    private DeliveryScenario(string name, string summary, int qos, int messages, int pairs, bool fanOut)
        : base(name, summary)
    {
        _qos = qos;
        _messages = messages;
        _pairs = pairs;
        _fanOut = fanOut;
    }

    internal static DeliveryScenario Pairs(string name, int qos, int pairs, int messages) => new(
        $"{name}-qos{qos}", $"QoS {qos}, {pairs} publisher(s) to one subscriber each", qos, messages, pairs, fanOut: false);

    internal static DeliveryScenario FanOut(int qos, int messages) => new(
        $"fanout-qos{qos}", $"QoS {qos}, one publisher to --subscribers subscribers", qos, messages, pairs: 1, fanOut: true);

    internal override LoadResult Run(LoadTarget target, LoadOptions options)
    {
        var publisherCount = _fanOut ? 1 : options.Pairs ?? _pairs;
        var subscribersEach = _fanOut ? options.Subscribers : 1;
        var each = Math.Max(1, (options.Messages ?? _messages) / publisherCount);
        var published = (long)each * publisherCount;
        var expected = published * subscribersEach;

        using var loop = new EventLoop();
        var subscribers = new List<Subscriber>();
        var publishers = new List<Publisher>();
        try
        {
            for (var i = 0; i < publisherCount; i++)
            {
                var topic = $"load/{i}/value";
                for (var j = 0; j < subscribersEach; j++)
                {
                    var subscriber = new Subscriber(loop, target.Server, $"load-sub-{i}-{j}", options.Version);
                    subscribers.Add(subscriber);
                    SetUp(loop, () => subscriber.Connected);
                    subscriber.Subscribe(topic, _qos);
                }

                var publisher = new Publisher(
                    loop, target.Server, $"load-pub-{i}", options.Version, topic, _qos, options.Payload, options.Inflight);
                publishers.Add(publisher);
                SetUp(loop, () => publisher.Connected);
            }

            SetUp(loop, () => subscribers.TrueForAll(subscriber => subscriber.Subscribed));
            var meter = new LoadMeter(target);
            publishers.ForEach(publisher => publisher.Publish(each));
            Drive(loop, meter, publishers, subscribers, expected);

            var received = subscribers.Sum(subscriber => subscriber.Received);
            return new()
            {
                Figures = [new(Name, meter.Rate(received), _fanOut ? "deliveries/s" : "msg/s")],
                Cost = meter.Cost(),
                Expected = expected,
                Lost = expected - received,
                Repeated = subscribers.Sum(subscriber => subscriber.Repeated),
            };
        }
        finally
        {
            publishers.ForEach(publisher => publisher.Dispose());
            subscribers.ForEach(subscriber => subscriber.Dispose());
        }
    }

    private void Drive(EventLoop loop, LoadMeter meter, List<Publisher> publishers, List<Subscriber> subscribers, long expected)
    {
        // At QoS 0 what has not come after a second never will; above, a server may be slow, but must not give up.
        var patience = TimeSpan.FromSeconds(_qos == 0 ? 1 : 5);
        while (true)
        {
            loop.Turn(100);
            long received = 0, moved = 0;
            foreach (var subscriber in subscribers)
            {
                received += subscriber.Received;
            }

            var complete = true;
            foreach (var publisher in publishers)
            {
                moved += publisher.Sent + publisher.Acknowledged;
                complete &= publisher.Complete;
            }

            meter.Note(received + moved);
            if ((complete && received == expected) || meter.Stalled(patience))
            {
                return;
            }
        }
    }

    private static void SetUp(EventLoop loop, Func<bool> condition)
    {
        if (!loop.RunUntil(condition, SetUpLimit))
        {
            throw new LoadException("The server did not answer CONNECT or SUBSCRIBE in time.");
        }
    }
}
