using System.Net;
using Edge.Bridge;
using Edge.Gateway.Configuration;
using Edge.Messaging;
using Edge.Storage;
using Microsoft.Extensions.Logging;

namespace Edge.Gateway.Demo;

/// <summary>
/// The whole story on one machine: sensors, the gateway, an uplink that is cut for a while, and a second broker that plays the cloud.
/// It ends well when everything that was acknowledged to a sensor is in the cloud.
/// </summary>
internal sealed class DemoStory(TimeSpan length, TextWriter output, ILoggerFactory loggers, TimeProvider clock)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SensorInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(30);

    private static readonly string[] DatagramSensors = ["greenhouse", "well"];
    private static readonly string[] StreamSensors = ["boiler", "meter"];

    private readonly DemoLedger _ledger = new();
    private readonly long _start = clock.GetTimestamp();

    /// <summary>Tells it.</summary>
    /// <returns>Exit code: 0 when nothing acknowledged is missing in the cloud.</returns>
    public async Task<int> TellAsync(CancellationToken stopping)
    {
        var folder = Directory.CreateTempSubdirectory("edge-demo-");
        try
        {
            await using var cloud = await RunningGateway.StartAsync(CloudSettings(folder), loggers, clock);
            await using var uplink = new DemoUplink(cloud.MqttEndPoint!);
            await using var gateway = await RunningGateway.StartAsync(EdgeSettings(folder, uplink.EndPoint), loggers, clock);
            await using var collector = await DemoCollector.StartAsync(cloud.Broker, Filter("sites/#"), _ledger);
            Say($"The gateway serves MQTT on {gateway.MqttEndPoint} and MQTT-SN on {gateway.MqttSnEndPoint}; a second broker plays the cloud.");
            await PlayAsync(gateway, uplink, stopping);
            return Conclude();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task PlayAsync(RunningGateway gateway, DemoUplink uplink, CancellationToken stopping)
    {
        using var sensorsOff = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        MqttSnSensor[] datagramSensors = [.. DatagramSensors
            .Select(name => new MqttSnSensor(name, gateway.MqttSnEndPoint!, SensorInterval, _ledger, clock))];
        var sensors = datagramSensors.Select(sensor => sensor.RunAsync(sensorsOff.Token))
            .Concat(StreamSensors
                .Select(name => new MqttSensor(name, gateway.MqttEndPoint!, SensorInterval, _ledger, clock).RunAsync(sensorsOff.Token)))
            .ToArray();
        Say("Sensors greenhouse and well (MQTT-SN), boiler and meter (MQTT) publish at QoS 1, each waiting for its acknowledgement.");

        await WatchAsync(gateway, uplink, length * 0.3, sensors, stopping);
        Say("The uplink is cut. Sensors go on, the gateway acknowledges what it has on disk.");
        uplink.Cut();
        await WatchAsync(gateway, uplink, length * 0.4, sensors, stopping);
        Say("The uplink is back. The gateway connects by itself and drains, oldest first.");
        uplink.Restore();
        await WatchAsync(gateway, uplink, length * 0.3, sensors, stopping);

        await sensorsOff.CancelAsync();
        await Task.WhenAll(sensors);
        foreach (var sensor in datagramSensors)
        {
            sensor.Dispose();
        }

        var limit = clock.GetTimestamp();
        while (_ledger.Missing > 0 && clock.GetElapsedTime(limit) < DrainLimit && !stopping.IsCancellationRequested)
        {
            await WatchAsync(gateway, uplink, Step, sensors, stopping);
        }
    }

    private async Task WatchAsync(RunningGateway gateway, DemoUplink uplink, TimeSpan time, Task[] sensors, CancellationToken stopping)
    {
        var begin = clock.GetTimestamp();
        while (clock.GetElapsedTime(begin) < time && !stopping.IsCancellationRequested)
        {
            await Task.Delay(Step, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var sensor in sensors.Where(sensor => sensor.IsFaulted))
            {
                await sensor;
            }

            var queued = gateway.QueuedForBridge("cloud");
            Say($"uplink {(uplink.IsUp ? "up  " : "CUT ")} acknowledged {_ledger.Acknowledged,6}   in the cloud {_ledger.Arrived,6}   waiting in the gateway {queued,6}");
        }
    }

    private int Conclude()
    {
        var missing = _ledger.Missing;
        Say("");
        Say($"acknowledged to sensors  {_ledger.Acknowledged}");
        Say($"in the cloud             {_ledger.Arrived}   ({_ledger.Repeats} came twice, as QoS 1 allows)");
        Say($"missing                  {missing}");
        return missing == 0 && _ledger.Acknowledged > 0 ? 0 : 1;
    }

    private void Say(string line) =>
        output.WriteLine(line.Length == 0 ? "" : $"{clock.GetElapsedTime(_start).TotalSeconds,5:0.0} s  {line}");

    private static GatewaySettings CloudSettings(DirectoryInfo folder) => new()
    {
        Name = "cloud",
        Storage = new StorageOptions { Directory = Path.Combine(folder.FullName, "cloud") },
        SysInterval = TimeSpan.Zero,
        MqttListener = new ListenerSettings(enabled: true, port: 0),
        WebSocketListener = new ListenerSettings(enabled: false, port: 0),
        MqttSnListener = new ListenerSettings(enabled: false, port: 0),
    };

    private static GatewaySettings EdgeSettings(DirectoryInfo folder, IPEndPoint uplink) => CloudSettings(folder) with
    {
        Name = "edge-demo",
        Storage = new StorageOptions { Directory = Path.Combine(folder.FullName, "edge") },
        MqttSnListener = new ListenerSettings(enabled: true, port: 0),
        Bridges =
        [
            new BridgeOptions
            {
                Name = "cloud",
                Address = new Uri($"mqtt://{uplink}"),
                ClientId = "edge-demo",
                ReconnectMinimum = TimeSpan.FromMilliseconds(200),
                ReconnectMaximum = TimeSpan.FromSeconds(1),
                Forward = [new BridgeRule(Filter("sensors/#"), QualityOfService.AtLeastOnce, "sites/edge-demo/${topic}")],
            },
        ],
    };

    private static TopicFilter Filter(string text) =>
        TopicFilter.TryParse(text, out var filter) ? filter : throw new InvalidOperationException($"{text} is no Topic Filter.");
}
