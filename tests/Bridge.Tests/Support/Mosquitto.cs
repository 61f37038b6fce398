using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Edge.Bridge.Tests.Support;

/// <summary>A real upstream: <c>mosquitto</c> on a free port. A machine without it fails the test.</summary>
internal sealed class Mosquitto : IDisposable
{
    private const string Program = "/usr/sbin/mosquitto";

    private readonly Process _process;

    private Mosquitto(int port, Process process)
    {
        Port = port;
        _process = process;
    }

    public int Port { get; }

    public Uri Address => new($"mqtt://127.0.0.1:{Port}");

    /// <param name="configuration">Lines beside the listener's.</param>
    public static async Task<Mosquitto> StartAsync(string configuration = "allow_anonymous true")
    {
        var port = FreePort();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(
            file, $"listener {port} 127.0.0.1\nlog_dest stderr\nuser root\nmax_queued_messages 0\n{configuration}\n");
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(Program, ["-c", file]) { RedirectStandardError = true },
            EnableRaisingEvents = true,
        };
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data?.EndsWith("running", StringComparison.Ordinal) == true)
            {
                running.TrySetResult();
            }
        };
        process.Exited += (_, _) => running.TrySetException(new InvalidOperationException("mosquitto did not start."));
        process.Start();
        process.BeginErrorReadLine();
        await running.Task.Patiently();
        File.Delete(file);
        return new Mosquitto(port, process);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
