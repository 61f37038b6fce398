using Edge.Messaging;

namespace Edge.Testing;

/// <summary>Stands for «there is a session»; a peer never calls it.</summary>
internal sealed class NoSession : IBrokerSession
{
    public string ClientId => throw new NotSupportedException();

    public TimeSpan SessionExpiry => throw new NotSupportedException();

    public IReadOnlyCollection<Subscription> Subscriptions => throw new NotSupportedException();

    public ValueTask<PublishOutcome> PublishAsync(Message message, ushort packetId) => throw new NotSupportedException();

    public ValueTask<bool> ReleaseAsync(ushort packetId) => throw new NotSupportedException();

    public ValueTask<SubscribeOutcome[]> SubscribeAsync(IReadOnlyList<Subscription> subscriptions) => throw new NotSupportedException();

    public ValueTask<bool[]> UnsubscribeAsync(IReadOnlyList<TopicFilter> filters) => throw new NotSupportedException();

    public bool TryRead(TopicName topic, out Message? message) => throw new NotSupportedException();

    public ReadOnlyMemory<byte> Note { get; init; }

    public bool IsDrained => throw new NotSupportedException();

    public ValueTask<bool> NoteAsync(ReadOnlyMemory<byte> note) => throw new NotSupportedException();

    public ValueTask<bool> SleepAsync(TimeSpan longest, TimeSpan sessionExpiry) => throw new NotSupportedException();

    public ValueTask<bool> ChangeWillAsync(WillMessage? will) => throw new NotSupportedException();

    public int Take(Span<Delivery> deliveries) => throw new NotSupportedException();

    public bool Acknowledge(ushort packetId, Acknowledgement acknowledgement) => throw new NotSupportedException();

    public void Discard(in Delivery delivery, DropCause cause) => throw new NotSupportedException();

    public void Disconnect(bool publishWill, TimeSpan? sessionExpiry) => throw new NotSupportedException();
}
