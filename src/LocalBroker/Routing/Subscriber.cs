using Edge.LocalBroker.Access;
using Edge.LocalBroker.Sessions;
using Edge.Messaging;

namespace Edge.LocalBroker.Routing;

/// <summary>One session's subscription as it hangs in the <see cref="TopicTree"/>.</summary>
internal sealed record Subscriber(Session Session, Subscription Subscription)
{
    private SubscriptionRights? _rights;

    /// <summary>Its Subscription Identifier as deliveries carry it; null when there is none.</summary>
    public uint[]? Identifiers { get; } = Subscription.Identifier == 0 ? null : [Subscription.Identifier];

    /// <summary>Where it hangs: the filter that topics are held against, and the group it belongs to.</summary>
    public SubscriptionFilter Target { get; } = SubscriptionFilter.TryParse(Subscription.Filter, out var target) ? target : default;

    /// <summary>Whether it gets messages of a topic by an access list.</summary>
    public bool MayReceive(TopicName topic, AccessRules rules) => Session.RightsBy(rules) is not { } rights || RightsOf(rights).Allows(topic);

    private SubscriptionRights RightsOf(ClientRights client)
    {
        var rights = Volatile.Read(ref _rights);
        if (rights?.Rights != client)
        {
            rights = client.Subscribe(Target.Filter, Subscription.MaximumQos);
            Volatile.Write(ref _rights, rights);
        }

        return rights;
    }
}
