using System.Net;
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
    internal ServerProcess Start(IPEndPoint mqtt, IPEndPoint mqttSn, string? configurationFile = null, IReadOnlyList<string>? furtherSettings = null)
    {
        var data = Path.Combine(directory, $"gateway-{++_starts}");
        Directory.CreateDirectory(data);
        string[] own = [$"listeners.mqtt.bind={mqtt}", $"listeners.mqttsn.bind={mqttSn}", "listeners.ws.enabled=false", $"gateway.data_dir={data}"];
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
        using var server = Start(mqtt, mqttSn, furtherSettings: scenario.GatewaySettings);
        return scenario.Run(new LoadTarget(scenario.IsMqttSn ? mqttSn : mqtt, server.ProcessId) { Mqtt = mqtt }, options);
    }
}
