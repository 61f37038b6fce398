using Edge.Messaging;

namespace Edge.LocalBroker.Access;

/// <summary>What one subscription of a client gets, worked out once so that most deliveries need not ask.</summary>
public sealed class SubscriptionRights
{
    private readonly TopicFilter _filter;
    private readonly QualityOfService _maximumQos;

    internal SubscriptionRights(ClientRights rights, TopicFilter filter, QualityOfService maximumQos, IReadOnlyList<AccessRule> deciding, bool hasOthers)
    {
        Rights = rights;
        Deciding = deciding;
        HasOthers = hasOthers;
        _filter = filter;
        _maximumQos = maximumQos;
        IsFree = deciding.All(rule => rule.Allow) && (!hasOthers || rights.Rules.AllowsOthers);
        IsDenied = !deciding.Any(rule => rule.Allow) && !(hasOthers && rights.Rules.AllowsOthers);
    }

    /// <summary>The client's rights at the time.</summary>
    public ClientRights Rights { get; }

    /// <summary>The rules that fit some of its topics, in order; the last one fits them all unless <see cref="HasOthers"/>.</summary>
    public IReadOnlyList<AccessRule> Deciding { get; }

    /// <summary>Whether there are topics of it that no rule may fit.</summary>
    public bool HasOthers { get; }

    /// <summary>Whether all of it is allowed.</summary>
    public bool IsFree { get; }

    /// <summary>Whether all of it is denied.</summary>
    public bool IsDenied { get; }

    /// <summary>Whether it gets messages of a topic that its filter matches.</summary>
    public bool Allows(TopicName topic) => IsFree || (!IsDenied && Rights.Receive(topic, _filter, _maximumQos).IsAllowed);
}
