using Edge.LocalBroker.Sessions;
using Edge.Messaging;

namespace Edge.LocalBroker.Routing;

/// <summary>One session's subscription as it hangs in the <see cref="TopicTree"/>.</summary>
internal sealed record Subscriber(Session Session, Subscription Subscription)
{
    /// <summary>Its Subscription Identifier as deliveries carry it; null when there is none.</summary>
    public uint[]? Identifiers { get; } = Subscription.Identifier == 0 ? null : [Subscription.Identifier];
}
