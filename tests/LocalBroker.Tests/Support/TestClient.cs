using Edge.Messaging;

namespace Edge.LocalBroker.Tests.Support;

/// <summary>One connection of a client.</summary>
internal sealed class TestClient(TestBroker broker, IBrokerSession session, RecordingSink sink, bool sessionPresent)
{
    public IBrokerSession Session => session;

    public RecordingSink Sink => sink;

    public bool SessionPresent => sessionPresent;

    public Task<PublishOutcome> PublishAsync(
        string topic, string payload = "x", QualityOfService qos = QualityOfService.AtMostOnce, bool retain = false, ushort packetId = 0) =>
        PublishAsync(Names.MessageOf(topic, payload, qos, retain), packetId);

    public Task<PublishOutcome> PublishAsync(Message message, ushort packetId = 0) => broker.Kept(session.PublishAsync(message, packetId));

    /// <summary>Publishes without a commit: the answer may have to wait.</summary>
    public Task<PublishOutcome> BeginPublish(
        string topic, string payload = "x", QualityOfService qos = QualityOfService.AtMostOnce, bool retain = false, ushort packetId = 0) =>
        session.PublishAsync(Names.MessageOf(topic, payload, qos, retain), packetId).AsTask();

    public Task<SubscribeOutcome[]> SubscribeAsync(string filter, QualityOfService qos = QualityOfService.ExactlyOnce) =>
        SubscribeAsync(new Subscription { Filter = Names.Filter(filter), MaximumQos = qos });

    public Task<SubscribeOutcome[]> SubscribeAsync(params Subscription[] subscriptions) => broker.Kept(session.SubscribeAsync(subscriptions));

    public Task<bool[]> UnsubscribeAsync(params string[] filters) => broker.Kept(session.UnsubscribeAsync([.. filters.Select(Names.Filter)]));

    /// <summary>Takes all that may be taken.</summary>
    public List<Delivery> Take(int room = 16)
    {
        var all = new List<Delivery>();
        var buffer = new Delivery[room];
        int taken;
        int wakeUps;
        do
        {
            wakeUps = sink.WakeUps;
            taken = session.Take(buffer);
            all.AddRange(buffer.AsSpan(0, taken));
        }
        while (taken == room || wakeUps != sink.WakeUps);
        return all;
    }

    /// <summary>Takes the one delivery that must be there.</summary>
    public Delivery TakeOne() => Assert.Single(Take());

    /// <summary>Takes all and gives the payloads.</summary>
    public string[] TakeTexts() => [.. Take().Select(delivery => delivery.Message.Text())];

    public bool PubAck(ushort packetId) => session.Acknowledge(packetId, Acknowledgement.PubAck);

    public bool PubRec(ushort packetId) => session.Acknowledge(packetId, Acknowledgement.PubRec);

    public bool PubComp(ushort packetId) => session.Acknowledge(packetId, Acknowledgement.PubComp);

    /// <summary>The network is gone: no DISCONNECT came.</summary>
    public void Lose() => session.Disconnect(publishWill: true);

    /// <summary>Says good-bye.</summary>
    public void Disconnect(TimeSpan? sessionExpiry = null) => session.Disconnect(publishWill: false, sessionExpiry);
}
