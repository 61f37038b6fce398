using Edge.Messaging;

namespace Edge.LocalBroker;

/// <summary>A subscription that every client gets when it connects.</summary>
public sealed record AutoSubscription
{
    /// <summary>The Topic Filter; may be a shared one. A client for which a place in it has no value does not get it.</summary>
    public required TopicTemplate Topic { get; init; }

    /// <summary>Highest QoS at which messages are delivered.</summary>
    public QualityOfService MaximumQos { get; init; }

    /// <summary>A client's own messages are not delivered to it.</summary>
    public bool NoLocal { get; init; }

    /// <summary>Messages keep the RETAIN flag with which they were published.</summary>
    public bool RetainAsPublished { get; init; }

    /// <summary>What happens to retained messages.</summary>
    public RetainHandling RetainHandling { get; init; }
}
