namespace Edge.Gateway.Demo;

/// <summary>A valve on a battery: it sleeps, and wakes now and then to ask by MQTT-SN for the commands that waited.</summary>
internal sealed class SleepingValve(ISensorLine line, TimeSpan interval, DemoLedger commands, TimeProvider clock) : IDisposable
{
    public const string Topic = "commands/valve";

    private readonly MqttSnNode _node = new("valve", line, clock);

    /// <summary>Subscribes and falls asleep.</summary>
    public async Task StartAsync()
    {
        await _node.ConnectAsync();
        await _node.SubscribeAsync(Topic);
        await _node.SleepAsync(600);
    }

    /// <summary>Sleeps and wakes until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await Task.Delay(interval, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _node.FetchAsync(commands.Arrive);
        }
    }

    public void Dispose() => _node.Dispose();
}
