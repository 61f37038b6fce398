using Edge.Messaging;

namespace Edge.LocalBroker.Access;

/// <summary>What one client may do by one access list: the rules that are about it, with its names put in.</summary>
public sealed class ClientRights
{
    private readonly Entry[] _entries;

    internal ClientRights(AccessRules rules, ClientIdentity client)
    {
        Rules = rules;
        Client = client;
        _entries = [.. rules.Rules.Where(rule => rule.IsAbout(client)).Select(rule => new Entry(rule, FiltersOf(rule, client)))];
    }

    /// <summary>The access list.</summary>
    public AccessRules Rules { get; }

    /// <summary>The client.</summary>
    public ClientIdentity Client { get; }

    /// <summary>Whether the client may publish.</summary>
    public AccessVerdict Publish(TopicName topic, QualityOfService qos, bool retain)
    {
        foreach (var entry in _entries)
        {
            if (entry.Rule.IsAbout(TopicActions.Publish, qos) && (entry.Rule.Retain ?? retain) == retain && entry.Matches(topic))
            {
                return new AccessVerdict(entry.Rule.Allow, entry.Rule);
            }
        }

        return new AccessVerdict(Rules.AllowsOthers, null);
    }

    /// <summary>Whether the client may get messages of a topic by a subscription of a QoS.</summary>
    public AccessVerdict Receive(TopicName topic, QualityOfService maximumQos)
    {
        foreach (var entry in _entries)
        {
            if (entry.Rule.IsAbout(TopicActions.Subscribe, maximumQos) && entry.Matches(topic))
            {
                return new AccessVerdict(entry.Rule.Allow, entry.Rule);
            }
        }

        return new AccessVerdict(Rules.AllowsOthers, null);
    }

    /// <summary>What a subscription would get: the rules that fit some of its topics, in order, up to the first that fits all of them.</summary>
    /// <param name="filter">The filter that topics are held against, without <c>$share/…</c> and the like.</param>
    /// <param name="maximumQos">QoS asked for.</param>
    public SubscriptionRights Subscribe(TopicFilter filter, QualityOfService maximumQos)
    {
        var deciding = new List<AccessRule>();
        foreach (var entry in _entries)
        {
            if (entry.Rule.IsAbout(TopicActions.Subscribe, maximumQos) && entry.Overlaps(filter))
            {
                deciding.Add(entry.Rule);
                if (entry.Covers(filter))
                {
                    return new SubscriptionRights(this, maximumQos, deciding, hasOthers: false);
                }
            }
        }

        return new SubscriptionRights(this, maximumQos, deciding, hasOthers: true);
    }

    private static TopicFilter[]? FiltersOf(AccessRule rule, ClientIdentity client)
    {
        if (rule.Topics.Count == 0)
        {
            return null;
        }

        var filters = new List<TopicFilter>();
        foreach (var template in rule.Topics)
        {
            if (template.TryFill(client, out var filter))
            {
                filters.Add(filter);
            }
        }

        return [.. filters];
    }

    /// <param name="Rule">The rule.</param>
    /// <param name="Filters">Its filters for this client; null for every topic.</param>
    private readonly record struct Entry(AccessRule Rule, TopicFilter[]? Filters)
    {
        public bool Matches(TopicName topic)
        {
            foreach (var filter in Filters ?? [])
            {
                if (filter.Matches(topic))
                {
                    return true;
                }
            }

            return Filters is null;
        }

        public bool Overlaps(TopicFilter other) => Filters is null || Array.Exists(Filters, filter => filter.Overlaps(other));

        public bool Covers(TopicFilter other) => Filters is null || Array.Exists(Filters, filter => filter.Covers(other));
    }
}
