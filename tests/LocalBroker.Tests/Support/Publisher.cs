using Edge.Messaging;

namespace Edge.LocalBroker.Tests.Support;

/// <summary>A QoS 2 publisher that keeps to the specification: it repeats PUBLISH until PUBREC came, and PUBREL until PUBCOMP came.</summary>
internal sealed class Publisher
{
    private readonly OrderedDictionary<ushort, Exchange> _open = [];
    private IBrokerSession? _session;

    /// <summary>Messages whose PUBREC came: the broker has them.</summary>
    public List<string> Accepted { get; } = [];

    public bool IsIdle => _open.Count == 0;

    public void Publish(string payload, string topic = "t")
    {
        ushort packetId = 1;
        while (_open.ContainsKey(packetId))
        {
            packetId++;
        }

        _open.Add(packetId, new Exchange(topic, payload));
        Send(packetId);
    }

    /// <summary>Takes the answers that have come, and goes on.</summary>
    public void Turn()
    {
        foreach (var (packetId, exchange) in _open.ToList())
        {
            if (exchange.Publishing is { IsCompletedSuccessfully: true, Result: not PublishOutcome.Detached } && !exchange.IsReceived)
            {
                exchange.IsReceived = true;
                Accepted.Add(exchange.Payload);
                Send(packetId);
            }
            else if (exchange.Releasing is { IsCompletedSuccessfully: true })
            {
                _open.Remove(packetId);
            }
        }
    }

    /// <summary>What it waits for.</summary>
    public Task Answers() => Task.WhenAll(_open.Values.Select(exchange => (Task?)exchange.Releasing ?? exchange.Publishing ?? Task.CompletedTask));

    /// <summary>The connection is gone with all answers that were on the way.</summary>
    public void Lose()
    {
        _session = null;
        foreach (var exchange in _open.Values)
        {
            (exchange.Publishing, exchange.Releasing) = (null, null);
        }
    }

    public void Reconnect(IBrokerSession session)
    {
        _session = session;
        foreach (var packetId in _open.Keys)
        {
            Send(packetId);
        }
    }

    private void Send(ushort packetId)
    {
        var exchange = _open[packetId];
        if (exchange.IsReceived)
        {
            exchange.Releasing = _session?.ReleaseAsync(packetId).AsTask();
        }
        else
        {
            exchange.Publishing = _session?.PublishAsync(Names.MessageOf(exchange.Topic, exchange.Payload, Names.Qos2), packetId).AsTask();
        }
    }

    private sealed class Exchange(string topic, string payload)
    {
        public string Topic => topic;

        public string Payload => payload;

        public bool IsReceived { get; set; }

        public Task<PublishOutcome>? Publishing { get; set; }

        public Task<bool>? Releasing { get; set; }
    }
}
