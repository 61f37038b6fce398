namespace Edge.Gateway.Demo;

/// <summary>A sensor that publishes a reading over MQTT-SN at QoS 1, sends it again while no PUBACK comes, and only then goes on.</summary>
internal sealed class MqttSnSensor(string name, ISensorLine line, TimeSpan interval, DemoLedger ledger, TimeProvider clock) : IDisposable
{
    private readonly MqttSnNode _node = new(name, line, clock);

    /// <summary>Publishes until it is stopped; the reading under way is finished.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        await _node.ConnectAsync();
        var topicId = await _node.RegisterAsync($"sensors/{name}");
        for (var number = 1; !stopping.IsCancellationRequested; number++)
        {
            await _node.PublishAsync(topicId, $"{name} {number}");
            ledger.Acknowledge($"{name} {number}");
            await Task.Delay(interval, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _node.Dispose();
}
