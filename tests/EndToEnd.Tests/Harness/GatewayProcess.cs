using System.Globalization;
using System.Text.RegularExpressions;

namespace Edge.EndToEnd.Tests.Harness;

/// <summary>The gateway as a program of its own, with a configuration file, a store and ports that it keeps over restarts.</summary>
internal sealed partial class GatewayProcess(GatewayConfiguration configuration, string folder) : IAsyncDisposable
{
    private readonly List<ChildProcess> _runs = [];

    /// <summary>Port of MQTT over TCP.</summary>
    public int MqttPort { get; } = Ports.Take();

    /// <summary>Port of MQTT over TLS, which is served when the test gives a certificate.</summary>
    public int MqttTlsPort { get; } = Ports.Take();

    /// <summary>Port of MQTT over WebSocket.</summary>
    public int WebSocketPort { get; } = Ports.Take();

    /// <summary>Port of MQTT over secure WebSocket, which is served when the test gives a certificate.</summary>
    public int SecureWebSocketPort { get; } = Ports.Take();

    /// <summary>Port of MQTT-SN over UDP.</summary>
    public int MqttSnPort { get; } = Ports.Take();

    /// <summary>Where it serves MQTT-SN over DTLS, once there are keys.</summary>
    public int MqttSnDtlsPort { get; } = Ports.Take();

    /// <summary>Port of CoAP over UDP.</summary>
    public int CoapPort { get; } = Ports.Take();

    /// <summary>Where it serves CoAP over DTLS, once there are keys.</summary>
    public int CoapDtlsPort { get; } = Ports.Take();

    /// <summary>Folder of the store.</summary>
    public string DataDirectory { get; } = Path.Combine(folder, "data");

    /// <summary>The configuration file.</summary>
    public string File { get; } = Path.Combine(folder, "gateway.toml");

    /// <summary>The run that goes on, or the last one.</summary>
    public ChildProcess Run => _runs[^1];

    /// <summary>All it ever logged, over all starts.</summary>
    public IEnumerable<string> Log => _runs.SelectMany(run => run.Errors.ToArray());

    /// <summary>Log lines of level error or fatal, and whatever is no log line at all, such as the last words of a crash.</summary>
    public IEnumerable<string> Faults => Log.Where(line => !IsHarmless(line));

    /// <summary>Octets that the running process has given to its file system so far (proc(5), write_bytes).</summary>
    public long WrittenOctets => WrittenBy(Run.Id.ToString(CultureInfo.InvariantCulture));

    /// <summary>Octets written by this test process and every child whose end it has seen.</summary>
    public static long WrittenByEndedChildren => WrittenBy("self");

    /// <summary>Whether a line of standard error is a log line below error.</summary>
    public static bool IsHarmless(string line) => HarmlessLine().IsMatch(line);

    /// <summary>Starts it and waits until every listener is bound.</summary>
    /// <param name="overrides">Keys with their values, as <c>--set</c> takes them, that go before the file's.</param>
    public async Task StartAsync(params string[] overrides)
    {
        var run = await LaunchAsync(overrides);
        var ready = run.Errors.FirstAsync(line => line.Contains("gateway ready", StringComparison.Ordinal), "gateway ready");
        if (await Task.WhenAny(ready, run.Ended) != ready)
        {
            throw new InvalidOperationException($"The gateway ended with {await run.ExitAsync()} instead of starting:\n{string.Join('\n', Log)}");
        }

        await ready;
    }

    /// <summary>Starts it and waits for nothing.</summary>
    public async Task<ChildProcess> LaunchAsync(params string[] overrides)
    {
        await System.IO.File.WriteAllTextAsync(File, configuration.ToToml(this));
        _runs.Add(ChildProcess.Start(Repository.Gateway, ["run", "--config", File, .. overrides.SelectMany(value => (string[])["--set", value])]));
        return Run;
    }

    /// <summary>Ends it wherever it stands, as a power cut would.</summary>
    public Task KillAsync() => Run.KillAsync();

    /// <summary>Asks it to stop; it must be gone in time, and content.</summary>
    public async Task StopAsync()
    {
        Run.Terminate();
        Assert.Equal(0, await Run.ExitAsync(Limits.Stop));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var run in _runs)
        {
            await run.DisposeAsync();
        }
    }

    private static long WrittenBy(string process) => long.Parse(
        System.IO.File.ReadLines($"/proc/{process}/io").Single(line => line.StartsWith("write_bytes:", StringComparison.Ordinal))["write_bytes:".Length..],
        CultureInfo.InvariantCulture);

    [GeneratedRegex("^[0-9TZ:.-]+ (trace|debug|info|warn) ")]
    private static partial Regex HarmlessLine();
}
