using System.Collections.Concurrent;

namespace Edge.EndToEnd.Tests.Harness;

/// <summary>
/// A test with real programs on loopback. It owns what it starts; at its end it ends all of it, and fails when a gateway has logged
/// an error that the test did not say it expects.
/// </summary>
public abstract class EndToEndTest : IAsyncLifetime
{
    /// <summary>Concurrent, since a test may open many clients at once.</summary>
    private readonly ConcurrentStack<IAsyncDisposable> _owned = [];
    private readonly List<GatewayProcess> _gateways = [];
    private readonly List<MosquittoProcess> _clouds = [];

    /// <summary>For files of this test; goes with it unless it fails.</summary>
    private protected string Folder { get; } = Repository.CreateFolder(TestContext.Current.TestClass!.TestClassSimpleName);

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        while (_owned.TryPop(out var owned))
        {
            await owned.DisposeAsync();
        }

        var faults = _gateways.SelectMany(gateway => gateway.Faults).Where(line => !IsExpectedFault(line)).ToArray();
        if (faults is [] && TestContext.Current.TestState?.Result != TestResult.Failed)
        {
            Directory.Delete(Folder, recursive: true);
            return;
        }

        await LeaveLogAsync("cloud.log", _clouds.SelectMany(cloud => cloud.Log));
        await LeaveLogAsync("gateway.log", _gateways.SelectMany(gateway => gateway.Log));
        Assert.Empty(faults);
    }

    /// <summary>Leaves a log where the test's files are, and shows its end.</summary>
    private async Task LeaveLogAsync(string name, IEnumerable<string> lines)
    {
        var log = lines.ToArray();
        var file = Path.Combine(Folder, name);
        await File.WriteAllLinesAsync(file, log);
        Say($"The end of {file}:");
        Array.ForEach(log[^Math.Min(log.Length, 50)..], Say);
    }

    /// <summary>Puts a line into the test's output.</summary>
    private protected static void Say(string line) => TestContext.Current.TestOutputHelper!.WriteLine(line);

    /// <summary>Whether the test provoked this error.</summary>
    private protected virtual bool IsExpectedFault(string line) => false;

    /// <summary>Hands over what is to be disposed at the end, last come first.</summary>
    private protected T Own<T>(T owned)
        where T : IAsyncDisposable
    {
        _owned.Push(owned);
        return owned;
    }

    /// <summary>A gateway that is not started yet.</summary>
    private protected GatewayProcess CreateGateway(GatewayConfiguration? configuration = null)
    {
        var gateway = Own(new GatewayProcess(
            configuration ?? new GatewayConfiguration(), Directory.CreateDirectory(Path.Combine(Folder, $"gateway-{_gateways.Count}")).FullName));
        _gateways.Add(gateway);
        return gateway;
    }

    /// <summary>A gateway that runs.</summary>
    private protected async Task<GatewayProcess> StartGatewayAsync(GatewayConfiguration? configuration = null)
    {
        var gateway = CreateGateway(configuration);
        await gateway.StartAsync();
        return gateway;
    }

    /// <summary>A cloud that runs.</summary>
    private protected async Task<MosquittoProcess> StartCloudAsync()
    {
        var cloud = Own(new MosquittoProcess(Directory.CreateDirectory(Path.Combine(Folder, "cloud")).FullName));
        _clouds.Add(cloud);
        await cloud.StartAsync();
        return cloud;
    }

    /// <summary>A client by MQTTnet at a port.</summary>
    private protected async Task<MqttNetClient> ConnectAsync(int port, string clientId) => Own(await MqttNetClient.ConnectAsync(port, clientId));

    /// <summary>An MQTT-SN client, connected.</summary>
    private protected async Task<SnClient> ConnectSnAsync(GatewayProcess gateway, string clientId, bool cleanSession = true)
    {
        var client = Own(new SnClient(gateway.MqttSnPort, clientId));
        await client.ConnectAsync(cleanSession);
        return client;
    }
}
