using System.Text;
using Edge.Messaging;

namespace Edge.Bridge.Tests.Support;

/// <summary>A client of the local broker that publishes, and collects what it subscribes to.</summary>
internal sealed class LocalClient : IDeliverySink
{
    private readonly Lock _gate = new();
    private IBrokerSession? _session;

    private LocalClient()
    {
    }

    /// <summary>What it got, as <c>topic payload</c>.</summary>
    public Happenings<string> Received { get; } = new();

    public static async Task<LocalClient> ConnectAsync(IBroker broker, string clientId, TimeSpan expiry = default)
    {
        var client = new LocalClient();
        client._session = (await broker.ConnectAsync(new ConnectRequest { ClientId = clientId, SessionExpiry = expiry }, client)).Session;
        return client;
    }

    public static Message Message(string topic, string payload, QualityOfService qos, bool retain = false)
    {
        Assert.True(TopicName.TryParse(topic, out var name));
        return new Message { Topic = name, Payload = Encoding.UTF8.GetBytes(payload), Qos = qos, Retain = retain };
    }

    public static TopicFilter Filter(string text)
    {
        Assert.True(TopicFilter.TryParse(text, out var filter));
        return filter;
    }

    public Task<PublishOutcome> PublishAsync(
        string topic, string payload, QualityOfService qos = QualityOfService.AtLeastOnce, bool retain = false, ushort packetId = 0) =>
        _session!.PublishAsync(Message(topic, payload, qos, retain), packetId).AsTask();

    public async Task SubscribeAsync(string filter, QualityOfService qos = QualityOfService.ExactlyOnce) =>
        await _session!.SubscribeAsync([new Subscription { Filter = Filter(filter), MaximumQos = qos }]);

    public void Leave() => _session!.Disconnect(publishWill: false);

    public void OnDeliveriesWaiting()
    {
        lock (_gate)
        {
            var deliveries = new Delivery[16];
            for (var count = deliveries.Length; count == deliveries.Length;)
            {
                count = _session!.Take(deliveries);
                foreach (var delivery in deliveries.AsSpan(0, count))
                {
                    Take(delivery);
                }
            }
        }
    }

    public void OnDetached(DetachReason reason)
    {
    }

    private void Take(in Delivery delivery)
    {
        if (delivery.Message is not { } message)
        {
            _session!.Acknowledge(delivery.PacketId, Acknowledgement.PubComp);
            return;
        }

        Received.Add($"{message.Topic} {Encoding.UTF8.GetString(message.Payload.Span)}");
        if (delivery.Qos != QualityOfService.AtMostOnce)
        {
            _session!.Acknowledge(
                delivery.PacketId, delivery.Qos == QualityOfService.AtLeastOnce ? Acknowledgement.PubAck : Acknowledgement.PubRec);
        }
    }
}
