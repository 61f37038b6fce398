using Edge.Load.Mqtt;
using Edge.Load.Net;
using Edge.Load.Reporting;

namespace Edge.Load.Scenarios;

/// <summary>TCP connection, CONNECT and CONNACK, as many as go in a second; a thousand are held at once, then all are let go.</summary>
internal sealed class ConnectScenario() : Scenario("connect", "connects per second, 1,000 held at once")
{
    private const int HeldAtOnce = 1_000;

    // Fewer than any server's listen backlog, or the kernel drops SYN and the load measures TCP's retry timer.
    private const int UnderWay = 64;

    internal override LoadResult Run(LoadTarget target, LoadOptions options)
    {
        var rounds = Math.Max(1, (options.Connections ?? 10_000) / HeldAtOnce);
        var connecting = TimeSpan.Zero;
        var meter = new LoadMeter(target);
        for (var round = 0; round < rounds; round++)
        {
            connecting += Round(target, options, round);
            meter.Note(round + 1);
        }

        var connects = rounds * HeldAtOnce;
        return new()
        {
            Figures = [new(Name, connects / connecting.TotalSeconds, "connects/s")],
            Cost = meter.Cost(),
            Expected = connects,
        };
    }

    /// <summary>Connects a thousand clients, and gives the time of that alone; closing them is not counted.</summary>
    private static TimeSpan Round(LoadTarget target, LoadOptions options, int round)
    {
        using var loop = new EventLoop();
        var clients = new List<MqttClient>(HeldAtOnce);
        try
        {
            var start = TimeProvider.System.GetTimestamp();
            ConnectMany(loop, target, options.Version, clients, HeldAtOnce, $"load-{round}", UnderWay);
            var elapsed = TimeProvider.System.GetElapsedTime(start);

            clients.ForEach(client => client.Disconnect());
            loop.RunUntil(() => clients.TrueForAll(client => client.Closed), SetUpLimit);
            return elapsed;
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    /// <summary>Connects clients until there are so many, with a bounded number under way.</summary>
    internal static void ConnectMany(
        EventLoop loop, LoadTarget target, int version, List<MqttClient> clients, int count, string prefix, int underWay = UnderWay)
    {
        var oldestPending = clients.Count;
        while (oldestPending < count)
        {
            if (clients.Count < count && clients.Count - oldestPending < underWay)
            {
                clients.Add(new MqttClient(loop, target.Server, $"{prefix}-{clients.Count}", version, keepAliveSeconds: 600));
                continue;
            }

            var pending = clients[oldestPending];
            if (!loop.RunUntil(() => pending.Connected, SetUpLimit))
            {
                throw new LoadException($"Only {oldestPending} of {count} connections were accepted in time.");
            }

            while (oldestPending < clients.Count && clients[oldestPending].Connected)
            {
                oldestPending++;
            }
        }
    }
}
