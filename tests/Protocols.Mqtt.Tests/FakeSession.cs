using Edge.Messaging;

namespace Edge.Protocols.Mqtt.Tests;

/// <summary>What a peer reads of its session; all else goes through its effects.</summary>
internal sealed class FakeSession(string clientId, TimeSpan expiry) : IBrokerSession
{
    public string ClientId => clientId;

    public TimeSpan SessionExpiry => expiry;

    public IReadOnlyCollection<Subscription> Subscriptions => [];

    public ValueTask<PublishOutcome> PublishAsync(Message message, ushort packetId = 0) => throw new NotSupportedException();

    public ValueTask<bool> ReleaseAsync(ushort packetId) => throw new NotSupportedException();

    public ValueTask<SubscribeOutcome[]> SubscribeAsync(IReadOnlyList<Subscription> subscriptions) => throw new NotSupportedException();

    public ValueTask<bool[]> UnsubscribeAsync(IReadOnlyList<TopicFilter> filters) => throw new NotSupportedException();

    public int Take(Span<Delivery> deliveries) => throw new NotSupportedException();

    public bool Acknowledge(ushort packetId, Acknowledgement acknowledgement) => throw new NotSupportedException();

    public bool TryRead(TopicName topic, out Message? message) => throw new NotSupportedException();

    public ReadOnlyMemory<byte> Note => throw new NotSupportedException();

    public bool IsDrained => throw new NotSupportedException();

    public ValueTask<bool> NoteAsync(ReadOnlyMemory<byte> note) => throw new NotSupportedException();

    public ValueTask<bool> SleepAsync(TimeSpan longest, TimeSpan sessionExpiry) => throw new NotSupportedException();

    public ValueTask<bool> ChangeWillAsync(WillMessage? will) => throw new NotSupportedException();

    public void Discard(in Delivery delivery, DropCause cause) => throw new NotSupportedException();

    public void Disconnect(bool publishWill, TimeSpan? sessionExpiry = null) => throw new NotSupportedException();
}
