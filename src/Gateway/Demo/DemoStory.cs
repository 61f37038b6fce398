using System.Net;
using Edge.Bridge;
using Edge.Gateway.Configuration;
using Edge.Messaging;
using Edge.Serial.Ports;
using Edge.Storage;
using Microsoft.Extensions.Logging;

namespace Edge.Gateway.Demo;

/// <summary>
/// The whole story on one machine: sensors, a valve that sleeps, a display that observes, the gateway, an uplink that is cut for a while, and a second broker that plays the
/// cloud. It ends well when everything that was acknowledged to a sensor is in the cloud, every command of the cloud is with the valve, and the display has seen it all.
/// </summary>
internal sealed class DemoStory(TimeSpan length, TextWriter output, ILoggerFactory loggers, TimeProvider clock)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SensorInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan CommandInterval = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan NapInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(30);

    private static readonly string[] DatagramSensors = ["greenhouse", "well"];
    private static readonly string[] StreamSensors = ["boiler", "meter"];
    private const string WireSensor = "silo";
    private const string PostingSensor = "cistern";

    private readonly DemoLedger _ledger = new();
    private readonly DemoLedger _commands = new();
    private readonly DemoLedger _observed = new();
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
            using var wire = new SimulatedPort();
            await using var gateway = await RunningGateway.StartAsync(EdgeSettings(folder, uplink.EndPoint, wire.Path), loggers, clock);
            await using var collector = await DemoCollector.StartAsync(cloud.Broker, Filter("sites/#"), _ledger);
            Say($"The gateway serves MQTT on {gateway.MqttEndPoint}, MQTT-SN on {gateway.MqttSnEndPoint} and CoAP on {gateway.CoapEndPoint};");
            Say("a second broker plays the cloud.");
            await PlayAsync(gateway, cloud.Broker, uplink, wire, stopping);
            return Conclude();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task PlayAsync(RunningGateway gateway, IBroker cloud, DemoUplink uplink, SimulatedPort wire, CancellationToken stopping)
    {
        using var sensorsOff = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var valveOff = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var valve = new SleepingValve(new UdpLine(gateway.MqttSnEndPoint!), NapInterval, _commands, clock);
        await valve.StartAsync();
        var sleeping = valve.RunAsync(valveOff.Token);
        using var display = new CoapDisplay(PostingSensor, gateway.CoapEndPoint!, _observed, clock);
        await display.StartAsync();
        var observing = display.RunAsync(valveOff.Token);
        MqttSnSensor[] messageSensors =
        [
            .. DatagramSensors.Select(name => new MqttSnSensor(name, new UdpLine(gateway.MqttSnEndPoint!), SensorInterval, _ledger, clock)),
            new MqttSnSensor(WireSensor, new WireLine(wire), SensorInterval, _ledger, clock),
        ];
        var sensors = messageSensors.Select(sensor => sensor.RunAsync(sensorsOff.Token))
            .Append(new CoapSensor(PostingSensor, gateway.CoapEndPoint!, SensorInterval, [_ledger, _observed], clock).RunAsync(sensorsOff.Token))
            .Concat(StreamSensors
                .Select(name => new MqttSensor(name, gateway.MqttEndPoint!, SensorInterval, _ledger, clock).RunAsync(sensorsOff.Token)))
            .ToArray();
        Say($"Sensors greenhouse and well (MQTT-SN), boiler and meter (MQTT), cistern (CoAP) and silo (MQTT-SN on a serial wire, {wire.Path})");
        Say("publish at QoS 1, each waiting for its acknowledgement. A valve sleeps (MQTT-SN), and wakes each second for the cloud's commands.");
        Say("A display observes the cistern (CoAP).");
        await using var commanding = await DemoOperator.StartAsync(cloud, CommandInterval, _commands, clock);

        await WatchAsync(gateway, uplink, length * 0.3, sensors, stopping);
        Say("The uplink is cut. Sensors go on, the gateway acknowledges what it has on disk.");
        uplink.Cut();
        await WatchAsync(gateway, uplink, length * 0.4, sensors, stopping);
        Say("The uplink is back. The gateway connects by itself and drains, oldest first.");
        uplink.Restore();
        await WatchAsync(gateway, uplink, length * 0.3, sensors, stopping);

        await commanding.StopAsync();
        await sensorsOff.CancelAsync();
        await Task.WhenAll(sensors);
        foreach (var sensor in messageSensors)
        {
            sensor.Dispose();
        }

        var limit = clock.GetTimestamp();
        while (_ledger.Missing + _commands.Missing + _observed.Missing > 0 && clock.GetElapsedTime(limit) < DrainLimit && !stopping.IsCancellationRequested)
        {
            await WatchAsync(gateway, uplink, Step, sensors, stopping);
        }

        await valveOff.CancelAsync();
        await Task.WhenAll(sleeping, observing);
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
            Say($"uplink {(uplink.IsUp ? "up  " : "CUT ")} acknowledged {_ledger.Acknowledged,6}   in the cloud {_ledger.Arrived,6}   waiting in the gateway {queued,6}   commands {_commands.Acknowledged,4}, the valve has {_commands.Arrived,4}");
        }
    }

    private int Conclude()
    {
        var missing = _ledger.Missing;
        Say("");
        Say($"acknowledged to sensors  {_ledger.Acknowledged}");
        Say($"in the cloud             {_ledger.Arrived}   ({_ledger.Repeats} came twice, as QoS 1 allows)");
        Say($"missing                  {missing}");
        Say($"commands to the valve    {_commands.Acknowledged}");
        Say($"it has                   {_commands.Arrived}");
        Say($"readings of the cistern  {_observed.Acknowledged}");
        Say($"the display has          {_observed.Arrived}");
        DemoLedger[] all = [_ledger, _commands, _observed];
        return Array.TrueForAll(all, ledger => ledger.Acknowledged > 0 && ledger.Missing == 0) ? 0 : 1;
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
        CoapListener = new ListenerSettings(enabled: false, port: 0),
    };

    private static GatewaySettings EdgeSettings(DirectoryInfo folder, IPEndPoint uplink, string wire) => CloudSettings(folder) with
    {
        Name = "edge-demo",
        Storage = new StorageOptions { Directory = Path.Combine(folder.FullName, "edge") },
        MqttSnListener = new ListenerSettings(enabled: true, port: 0),
        CoapListener = new ListenerSettings(enabled: true, port: 0),
        SerialLines = [new SerialSettings { Name = WireSensor, Port = new SerialPortOptions { Device = wire }, Protocol = SerialProtocol.MqttSn }],
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
                Receive = [new BridgeRule(Filter("commands/#"), QualityOfService.AtLeastOnce, "${topic}")],
            },
        ],
    };

    private static TopicFilter Filter(string text) =>
        TopicFilter.TryParse(text, out var filter) ? filter : throw new InvalidOperationException($"{text} is no Topic Filter.");
}
