using System.Net;
using System.Text;
using Edge.Load.Dtls;
using Edge.Load.Reporting;
using Edge.Load.Scenarios;

namespace Edge.Load.Servers;

/// <summary>The gateway in its defaults, on free loopback ports and with a new data directory for each start.</summary>
/// <param name="program">The executable.</param>
/// <param name="directory">Under which its data directories are made.</param>
/// <param name="settings">Further <c>KEY=VALUE</c> settings.</param>
internal sealed class Gateway(string program, string directory, IReadOnlyList<string> settings) : IServerKind
{
    private int _starts;

    public string Name => "gateway";

    /// <summary>Starts one; a configuration file is optional.</summary>
    internal ServerProcess Start(
        IPEndPoint mqtt, IPEndPoint mqttSn, IPEndPoint coap, string? configurationFile = null, IReadOnlyList<string>? furtherSettings = null)
    {
        var data = Path.Combine(directory, $"gateway-{++_starts}");
        Directory.CreateDirectory(data);
        string[] own =
        [
            $"listeners.mqtt.bind={mqtt}", $"listeners.mqttsn.bind={mqttSn}", $"listeners.coap.bind={coap}", "listeners.ws.enabled=false",
            $"gateway.data_dir={data}",
        ];
        var arguments = new List<string> { "run" };
        if (configurationFile is not null)
        {
            arguments.AddRange(["--config", configurationFile]);
        }

        foreach (var setting in own.Concat(furtherSettings ?? []).Concat(settings))
        {
            arguments.AddRange(["--set", setting]);
        }

        return ServerProcess.Start(program, arguments, readyText: "gateway ready");
    }

    /// <inheritdoc/>
    public LoadResult Measure(Scenario scenario, LoadOptions options)
    {
        var mqtt = FreePort.Tcp();
        var mqttSn = FreePort.Udp();
        var coap = FreePort.Udp();
        var coaps = FreePort.Udp();
        string[] dtls = scenario.Front == Front.Coaps ? [$"listeners.coaps.bind={coaps}", $"listeners.coaps.psk_file={WriteKeys()}"] : [];
        using var server = Start(mqtt, mqttSn, coap, furtherSettings: [.. scenario.GatewaySettings, .. dtls]);
        var front = scenario.Front switch
        {
            Front.Mqtt => mqtt,
            Front.MqttSn => mqttSn,
            Front.Coap => coap,
            _ => coaps,
        };
        return scenario.Run(new LoadTarget(front, server.ProcessId) { Mqtt = mqtt }, options);
    }

    private string WriteKeys()
    {
        var path = Path.Combine(directory, "psk");
        File.WriteAllText(path, $"{PreSharedKey.Identity}:{Convert.ToHexString(Encoding.ASCII.GetBytes(PreSharedKey.Key))}\n");
        return path;
    }
}
