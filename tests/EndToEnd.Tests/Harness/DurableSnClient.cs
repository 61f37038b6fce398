namespace Edge.EndToEnd.Tests.Harness;

/// <summary>An MQTT-SN publisher with a kept session that connects, registers and publishes again until its message is acknowledged.</summary>
internal sealed class DurableSnClient(string clientId, int port) : INumberedPublisher
{
    private readonly Dictionary<string, SnTopic> _topics = [];
    private SnClient _client = new(port, clientId);

    /// <inheritdoc/>
    public Journal<string> Acknowledged { get; init; } = new();

    /// <inheritdoc/>
    public Task StartAsync() => _client.ConnectAsync(cleanSession: false);

    /// <summary>Completes with the acknowledgement: an MQTT-SN client has one message under way (§6.6).</summary>
    public async Task SendAsync(string topic, string payload, int qos)
    {
        while (!await TrySendAsync(topic, payload, qos))
        {
            await ConnectAgainAsync();
        }

        Acknowledged.Add(payload);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private async Task<bool> TrySendAsync(string topic, string payload, int qos)
    {
        try
        {
            if (!_topics.TryGetValue(topic, out var id))
            {
                id = _topics[topic] = await _client.RegisterAsync(topic);
            }

            await _client.PublishAsync(id, payload, qos);
            return true;
        }
        catch (SnException)
        {
            return false;
        }
    }

    /// <summary>From a new address, as a node behind a router may come.</summary>
    private async Task ConnectAgainAsync()
    {
        await _client.DisposeAsync();
        _client = new SnClient(port, clientId);
        _topics.Clear();
        await StartAsync();
    }
}
