using Edge.LocalBroker;
using Edge.Messaging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Edge.Bridge.Tests.Support;

/// <summary>A local broker with a bridge and a client; dies and rises again as a process does.</summary>
internal sealed class BridgeBench : IAsyncDisposable
{
    private static readonly int[] ExpectedErrors = [6010, 6014];

    private readonly TimeProvider _clock;
    private CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    private BridgeBench(BridgeOptions options, TimeProvider? clock)
    {
        Options = options;
        _clock = clock ?? TimeProvider.System;
    }

    public static BridgeOptions Defaults { get; } = new()
    {
        Name = "cloud",
        Address = new Uri("mqtt://127.0.0.1:1"),
        ClientId = "edge",
        ReconnectMinimum = TimeSpan.FromMilliseconds(20),
        ReconnectMaximum = TimeSpan.FromMilliseconds(200),
        Forward = [Rule("s/#", QualityOfService.ExactlyOnce, "site/${topic}")],
    };

    public BridgeOptions Options { get; set; }

    public MemoryStore Store { get; } = new();

    public DropCounter Drops { get; private set; } = new();

    public RecordingLogger<UpstreamBridge> Log { get; } = new();

    public Broker Broker { get; private set; } = null!;

    public UpstreamBridge Bridge { get; private set; } = null!;

    public LocalClient Client { get; private set; } = null!;

    public static BridgeRule Rule(string filter, QualityOfService qos, string topic) => new(LocalClient.Filter(filter), qos, topic);

    /// <summary>A bench whose bridge is prepared, and runs unless told otherwise.</summary>
    public static async Task<BridgeBench> StartAsync(BridgeOptions options, TimeProvider? clock = null, bool runs = true)
    {
        var bench = new BridgeBench(options, clock);
        await bench.RiseAsync(runs);
        return bench;
    }

    public void Run() => _running = Bridge.RunAsync(_stopping.Token);

    /// <summary>Stops the bridge, and nothing else.</summary>
    public async Task StopBridgeAsync()
    {
        await _stopping.CancelAsync();
        await _running.Patiently();
        _stopping.Dispose();
        _stopping = new CancellationTokenSource();
        _running = Task.CompletedTask;
    }

    /// <summary>The process dies with whatever is not in the store, and a new one begins.</summary>
    public async Task DieAndRiseAsync(bool runs = true)
    {
        Store.Hold();
        await StopBridgeAsync();
        Store.Lose();
        Broker.Dispose();
        Drops.Dispose();
        Drops = new DropCounter();
        await RiseAsync(runs);
    }

    /// <summary>Waits for a line of log.</summary>
    public Task<LogLine> SaidAsync(int id, int from = 0) => Log.Lines.FirstAsync(line => line.Id == id, from);

    public async ValueTask DisposeAsync()
    {
        await StopBridgeAsync();
        Broker.Dispose();
        Drops.Dispose();
        Assert.DoesNotContain(Log.Lines.All, line => line.Level >= LogLevel.Error && !ExpectedErrors.Contains(line.Id));
    }

    private async Task RiseAsync(bool runs)
    {
        Broker = new Broker(new BrokerOptions(), Store, Store, Drops, TimeProvider.System, NullLogger<Broker>.Instance);
        Broker.Start();
        Bridge = new UpstreamBridge(Options, Broker, Drops, _clock, Log);
        await Bridge.PrepareAsync();
        Client = await LocalClient.ConnectAsync(Broker, "sensor");
        if (runs)
        {
            Run();
        }
    }
}
