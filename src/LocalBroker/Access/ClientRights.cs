using Edge.Messaging;

namespace Edge.LocalBroker.Access;

/// <summary>What one client may do by its token and one access list: the rules that are about it, with its names put in.</summary>
public sealed class ClientRights
{
    private readonly Entry[] _entries;

    internal ClientRights(AccessRules rules, ClientIdentity client)
    {
        Rules = rules;
        Client = client;
        _entries = [.. (client.Token?.Rules ?? []).Concat(rules.Rules.Where(rule => rule.IsAbout(client))).Select(rule => Entry.Of(rule, client))];
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

    /// <summary>Whether the client may get messages of a topic by a subscription.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="filter">The subscription's filter, without <c>$share/…</c> and the like.</param>
    /// <param name="maximumQos">The subscription's QoS.</param>
    public AccessVerdict Receive(TopicName topic, TopicFilter filter, QualityOfService maximumQos)
    {
        foreach (var entry in _entries)
        {
            if (entry.Rule.IsAbout(TopicActions.Subscribe, maximumQos) && (entry.Matches(topic) || entry.Names(filter)))
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
                    return new SubscriptionRights(this, filter, maximumQos, deciding, hasOthers: false);
                }
            }
        }

        return new SubscriptionRights(this, filter, maximumQos, deciding, hasOthers: true);
    }

    /// <param name="Rule">The rule.</param>
    /// <param name="Filters">Its filters for this client; null for every topic.</param>
    /// <param name="Literals">Filters with wildcards that it means to the letter.</param>
    private readonly record struct Entry(AccessRule Rule, TopicFilter[]? Filters, TopicFilter[] Literals)
    {
        public static Entry Of(AccessRule rule, ClientIdentity client)
        {
            var (filters, literals) = (new List<TopicFilter>(), new List<TopicFilter>());
            foreach (var template in rule.Topics)
            {
                if (template.TryFill(client, out var filter))
                {
                    (template.IsLiteral && filter.HasWildcard ? literals : filters).Add(filter);
                }
            }

            return new Entry(rule, rule.Topics.Count == 0 ? null : [.. filters], [.. literals]);
        }

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

        /// <summary>Whether it means a subscription that is written so.</summary>
        public bool Names(TopicFilter filter) => Literals.Length > 0 && Array.IndexOf(Literals, filter) >= 0;

        public bool Overlaps(TopicFilter other) => Filters is null || Array.Exists(Filters, filter => filter.Overlaps(other)) || Names(other);

        public bool Covers(TopicFilter other) => Filters is null || Array.Exists(Filters, filter => filter.Covers(other)) || Names(other);
    }
}
