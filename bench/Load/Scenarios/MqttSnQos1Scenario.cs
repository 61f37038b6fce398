using Edge.Load.MqttSn;
using Edge.Load.Net;
using Edge.Load.Reporting;

namespace Edge.Load.Scenarios;

/// <summary>MQTT-SN clients that publish at QoS 1 with one message in flight each, as devices do; nobody subscribes.</summary>
internal sealed class MqttSnQos1Scenario(int clients, int messages)
    : Scenario($"mqttsn-qos1-{clients}", $"MQTT-SN QoS 1 publish, {clients} client(s) with one in flight each")
{
    /// <summary>Clients that the Paho gateway bears, a few more or less; from 2,000 on it crashes.</summary>
    private const int MostForPaho = 1_000;

    internal override Front Front => Front.MqttSn;

    internal override IReadOnlyList<Peer> Peers => clients <= MostForPaho ? [new(PeerKind.PahoGateway)] : [];

    internal override LoadResult Run(LoadTarget target, LoadOptions options)
    {
        var count = options.Clients ?? clients;
        var each = Math.Max(1, (options.Messages ?? messages) / count);
        var expected = (long)each * count;
        using var loop = new EventLoop();
        using var crowd = new ClientCrowd(loop, target, options);
        crowd.Gather(count);

        var resentBefore = crowd.Resent;
        var meter = new LoadMeter(target);
        crowd.Publish(each);
        while (crowd.Acknowledged + crowd.Lost < expected)
        {
            loop.Turn(100);
            meter.Note(crowd.Acknowledged);
        }

        return new()
        {
            Figures = [new(Name, meter.Rate(crowd.Acknowledged), "msg/s"), .. Percentiles.Of(Name, crowd.Latencies)],
            Cost = meter.Cost(),
            Expected = expected,
            Lost = expected - crowd.Acknowledged,
            Resent = crowd.Resent - resentBefore,
        };
    }
}
