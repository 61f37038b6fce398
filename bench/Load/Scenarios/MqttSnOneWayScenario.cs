using Edge.Load.Mqtt;
using Edge.Load.MqttSn;
using Edge.Load.Net;
using Edge.Load.Reporting;

namespace Edge.Load.Scenarios;

/// <summary>
/// MQTT-SN messages that nobody answers, as fast as this program sends, which is faster than they can be taken in: what a socket's full
/// buffer drops is <em>lost</em>. A bare receiver gets the same datagrams without CONNECT.
/// </summary>
internal sealed class MqttSnOneWayScenario(int qos) : Scenario(
    qos == 0 ? "mqttsn-qos0" : "mqttsn-qos-1", $"MQTT-SN QoS {qos} publish, one way, beside a loop that only receives")
{
    private static readonly TimeSpan CounterLimit = TimeSpan.FromSeconds(15);

    internal override Front Front => Front.MqttSn;

    internal override IReadOnlyList<Peer> Peers => [new(PeerKind.BareReceiver)];

    internal override LoadResult Run(LoadTarget target, LoadOptions options)
    {
        var clients = options.Clients ?? 100;
        var messages = options.Messages ?? 4_000_000;
        using var loop = new EventLoop();
        using var crowd = new ClientCrowd(loop, target, options);
        crowd.Gather(clients, connected: qos == 0 && !target.IsMute);

        var droppedBefore = ReceiveQueue.Read(target.Server).Dropped;
        var meter = new LoadMeter(target);
        long sent = 0;
        while (sent < messages)
        {
            sent += crowd.PublishUnanswered(qos == 0 ? 0 : MessageEncoder.QosMinus1);
            loop.Turn(0);
        }

        while (ReceiveQueue.Read(target.Server).Octets > 0)
        {
            loop.RunFor(TimeSpan.FromMilliseconds(1));
        }

        var lost = ReceiveQueue.Read(target.Server).Dropped - droppedBefore;
        meter.Note(sent);
        var cost = meter.Cost();
        if (target.Mqtt is { } mqtt)
        {
            ExpectPublished(loop, new SystemCounter(loop, mqtt, "publish/messages/received"), sent - lost);
        }

        return new()
        {
            Figures = [new(Name, meter.Rate(sent - lost), "msg/s")],
            Cost = cost,
            Expected = sent,
            Lost = lost,
        };
    }

    /// <summary>What the kernel handed to the gateway has to be published, all of it: dropping is quick, too.</summary>
    private static void ExpectPublished(EventLoop loop, SystemCounter published, long messages)
    {
        using (published)
        {
            loop.RunUntil(() => published.Connected, SetUpLimit);
            published.Subscribe();
            if (!loop.RunUntil(() => published.Value >= messages, CounterLimit))
            {
                throw new LoadException($"The gateway received {messages} messages and published {published.Value}.");
            }
        }
    }
}
