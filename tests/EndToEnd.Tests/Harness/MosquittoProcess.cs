namespace Edge.EndToEnd.Tests.Harness;

/// <summary>A mosquitto that plays the cloud. What it has acknowledged survives its stop, so that a loss is the gateway's.</summary>
internal sealed class MosquittoProcess(string folder) : IAsyncDisposable
{
    private const string Program = "/usr/sbin/mosquitto";

    private readonly List<ChildProcess> _runs = [];

    /// <summary>Port of MQTT over TCP.</summary>
    public int Port { get; } = Ports.Take();

    /// <summary>The run that goes on, or the last one.</summary>
    public ChildProcess Run => _runs[^1];

    /// <summary>All it ever logged, over all starts.</summary>
    public IEnumerable<string> Log => _runs.SelectMany(run => run.Errors.ToArray());

    /// <summary>Starts it and waits until it serves.</summary>
    public async Task StartAsync()
    {
        var file = Path.Combine(folder, "mosquitto.conf");
        await File.WriteAllTextAsync(file, $"""
            user root
            listener {Port} 127.0.0.1
            allow_anonymous true
            persistence true
            persistence_location {folder}/
            max_queued_messages 0
            log_dest stderr
            log_type all
            """);
        var run = ChildProcess.Start(Program, "-c", file);
        _runs.Add(run);
        await run.Errors.FirstAsync(line => line.EndsWith(" running", StringComparison.Ordinal), "mosquitto runs");
    }

    /// <summary>Stops it; it writes its sessions to disk.</summary>
    public async Task StopAsync()
    {
        Run.Terminate();
        Assert.Equal(0, await Run.ExitAsync());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var run in _runs)
        {
            await run.DisposeAsync();
        }
    }
}
