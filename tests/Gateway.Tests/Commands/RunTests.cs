using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Edge.Gateway.Commands;
using Edge.Gateway.Tests.Health;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Gateway.Tests.Commands;

/// <summary>The running program towards its user and towards systemd.</summary>
public sealed class RunTests : IDisposable
{
    private static readonly string[] FreePorts =
    [
        "--set", "listeners.mqtt.bind=127.0.0.1:0", "--set", "listeners.ws.bind=127.0.0.1:0", "--set", "listeners.mqttsn.bind=127.0.0.1:0", "--set", "listeners.coap.bind=127.0.0.1:0",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task It_says_when_it_is_ready_and_ends_well_on_a_signal(string signal)
    {
        using var gateway = new GatewayProcess(_folder.Path, Environment(), FreePorts);
        await gateway.WaitForLogAsync("gateway ready");

        await gateway.SignalAsync(signal);

        Assert.Equal(0, await gateway.WaitForExitAsync());
        Assert.DoesNotContain(" error ", gateway.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(" fatal ", gateway.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Systemd_is_told_of_ready_of_being_well_and_of_stopping()
    {
        using var socket = new NotifySocket(Path.Combine(_folder.Path, "notify"));
        using var gateway = new GatewayProcess(
            _folder.Path, Environment(("NOTIFY_SOCKET", socket.Variables["NOTIFY_SOCKET"]), ("WATCHDOG_USEC", "200000")), ["run", .. FreePorts]);

        Assert.StartsWith("READY=1\n", await socket.ReceiveAsync(), StringComparison.Ordinal);
        await NextAsync("WATCHDOG=1");
        await NextAsync("WATCHDOG=1");
        await gateway.SignalAsync("TERM");
        await NextAsync("STOPPING=1");
        Assert.Equal(0, await gateway.WaitForExitAsync());

        async Task NextAsync(string wanted)
        {
            while (!(await socket.ReceiveAsync()).Split('\n').Contains(wanted))
            {
                // Statuses and earlier beats may stand between.
            }
        }
    }

    [Fact]
    public async Task Its_password_is_in_no_log_line_whatever_the_level()
    {
        var password = _folder.File("password", "s3cret-of-the-bridge");
        var file = _folder.File(
            "gateway.toml", $"[[bridge]]\nname = 'cloud'\naddress = 'mqtt://127.0.0.1:1'\nusername = 'u'\npassword_file = '{password}'\nforward = [ {{ filter = '#' }} ]");
        using var gateway = new GatewayProcess(_folder.Path, Environment(), ["--config", file, "--set", "log.level=trace", .. FreePorts]);
        await gateway.WaitForLogAsync("gateway ready");
        await gateway.SignalAsync("TERM");
        await gateway.WaitForExitAsync();

        Assert.DoesNotContain("s3cret", gateway.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_configuration_ends_it_with_2_before_anything_is_opened()
    {
        using var gateway = new GatewayProcess(_folder.Path, Environment(("EDGE_GATEWAY__mqtt__max_inflight", "0")));

        Assert.Equal(2, await gateway.WaitForExitAsync());
        Assert.StartsWith("environment variable EDGE_GATEWAY__mqtt__max_inflight: mqtt.max_inflight is 0;", gateway.Log, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task A_port_in_use_ends_it_with_1_and_one_line_that_says_which()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        using var gateway = new GatewayProcess(_folder.Path, Environment(), "--set", $"listeners.mqtt.bind={other.LocalEndpoint}", "--set", "listeners.mqttsn.bind=127.0.0.1:0", "--set", "listeners.coap.bind=127.0.0.1:0");

        Assert.Equal(1, await gateway.WaitForExitAsync());
        Assert.Contains($"{other.LocalEndpoint}", Assert.Single(gateway.Log.Split('\n'), line => line.Contains("{event=1004 ", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_signal_asks_to_stop_its_echo_does_nothing_and_the_second_ends_at_once()
    {
        var ends = 0;
        var time = new FakeTimeProvider();
        using var signals = new StopSignals(time, NullLogger.Instance, () => ends++);
        var contexts = new[] { PosixSignal.SIGTERM, PosixSignal.SIGTERM, PosixSignal.SIGINT }.Select(signal => new PosixSignalContext(signal)).ToArray();

        signals.OnSignal(contexts[0]);
        Assert.True(signals.Stopping.IsCancellationRequested);
        time.Advance(StopSignals.Echo);
        signals.OnSignal(contexts[1]);
        Assert.Equal(0, ends);

        time.Advance(TimeSpan.FromMilliseconds(1));
        signals.OnSignal(contexts[2]);
        Assert.Equal(1, ends);
        Assert.All(contexts, context => Assert.True(context.Cancel));
    }

    /// <summary>An environment in which nothing of this machine's own configuration counts.</summary>
    private static Dictionary<string, string> Environment(params (string Name, string Value)[] variables) =>
        new(variables.Select(variable => KeyValuePair.Create(variable.Name, variable.Value)))
        {
            ["EDGE_GATEWAY_CONFIG"] = "/dev/null",
        };
}
