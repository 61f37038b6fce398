using System.Net;
using System.Net.Sockets;
using Edge.Load.MqttSn;
using Edge.Load.Net;
using Edge.Load.Reporting;

namespace Edge.Load.Scenarios;

/// <summary>MQTT-SN clients that publish at QoS 1 with one message in flight each, as devices do; nobody subscribes.</summary>
internal sealed class MqttSnScenario() : Scenario("mqttsn-qos1", "MQTT-SN QoS 1 publish, --clients clients with one in flight each")
{
    private const int MostClients = 16_384;

    internal override bool IsMqttSn => true;

    internal override LoadResult Run(LoadTarget target, LoadOptions options)
    {
        if (target.Server.AddressFamily != AddressFamily.InterNetwork || !IPAddress.IsLoopback(target.Server.Address))
        {
            throw new LoadException("MQTT-SN clients have addresses 127.1.x.y, so the gateway must listen on 127.0.0.1.");
        }

        if (options.Clients > MostClients || options.Payload > ManyAddressSocket.DatagramSize - MessageEncoder.PublishOverhead)
        {
            throw new LoadException($"At most {MostClients} MQTT-SN clients, and a payload that fits in 2,048 octets with its header.");
        }

        var each = Math.Max(1, (options.Messages ?? 200_000) / options.Clients);
        var expected = (long)each * options.Clients;
        var latencies = new List<long>((int)expected);
        using var loop = new EventLoop();
        var groups = new List<ClientGroup>();
        try
        {
            for (var first = 0; first < options.Clients; first += ClientGroup.MostClients)
            {
                var count = Math.Min(ClientGroup.MostClients, options.Clients - first);
                groups.Add(new ClientGroup(loop, target.Server, first + 1, count, options, latencies));
            }

            using var retries = new Metronome(loop, 20, _ => groups.ForEach(group => group.Retry()));
            if (!loop.RunUntil(() => groups.Sum(group => group.Ready) == options.Clients, SetUpLimit))
            {
                throw new LoadException("Not all MQTT-SN clients were connected and registered in time.");
            }

            var before = groups.Sum(group => group.Resent);
            var meter = new LoadMeter(target);
            groups.ForEach(group => group.Publish(each));
            while (groups.Sum(group => group.Acknowledged + group.Lost) < expected)
            {
                loop.Turn(100);
                meter.Note(groups.Sum(group => group.Acknowledged));
            }

            var acknowledged = groups.Sum(group => group.Acknowledged);
            return new()
            {
                Figures = [new(Name, meter.Rate(acknowledged), "msg/s"), .. Percentiles.Of(Name, latencies)],
                Cost = meter.Cost(),
                Expected = expected,
                Lost = expected - acknowledged,
                Resent = groups.Sum(group => group.Resent) - before,
            };
        }
        finally
        {
            groups.ForEach(group => group.Dispose());
        }
    }
}
