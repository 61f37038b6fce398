using Edge.LocalBroker.Access;
using Edge.LocalBroker.Delayed;
using Edge.Messaging;

namespace Edge.LocalBroker.Rewriting;

/// <summary>Topic rewrite as EMQX defines it: of the rules whose source matches, one alone is asked, and its regular expression decides.</summary>
public sealed class TopicRewrite
{
    // In the order in which they are asked.
    private readonly RewriteRule[] _publish;
    private readonly RewriteRule[] _subscribe;

    private TopicRewrite(IEnumerable<RewriteRule> rules)
    {
        _publish = [.. rules.Where(rule => rule.Actions.HasFlag(TopicActions.Publish))];
        _subscribe = [.. rules.Where(rule => rule.Actions.HasFlag(TopicActions.Subscribe))];
    }

    /// <summary>Null when there are no rules, so that nobody asks.</summary>
    public static TopicRewrite? For(BrokerOptions options) =>
        options.Rewrite.Count == 0 ? null
        : new(options.RewriteOrder == RewriteOrder.First ? options.Rewrite : options.Rewrite.Reverse());

    /// <summary>Gives the topic that a message goes to; false when what the rules make of it is none.</summary>
    public bool TryRewrite(TopicName asked, ClientIdentity client, out TopicName topic)
    {
        topic = asked;
        return !TryApply(_publish, asked.ToString(), client, out var text)
            || (TopicName.TryParse(text, out topic) && !DelayedTopic.IsDelayed(topic));
    }

    /// <summary>Gives the filter that a client subscribes to; the prefix of a shared or exclusive subscription stays. False when what the rules make of it is none.</summary>
    public bool TryRewrite(TopicFilter asked, ClientIdentity client, out TopicFilter filter)
    {
        filter = asked;
        if (!SubscriptionFilter.TryParse(asked, out var parsed) || !TryApply(_subscribe, parsed.Filter.ToString(), client, out var text))
        {
            return true;
        }

        var isFilter = TopicFilter.TryParse(text, out var plain)
            && SubscriptionFilter.TryParse(plain, out var again) && again is { Group: null, IsExclusive: false };
        filter = isFilter ? parsed.With(plain) : default;
        return isFilter;
    }

    /// <returns>Whether a rule was applied; <paramref name="rewritten"/> is null when a value for it is missing.</returns>
    private static bool TryApply(RewriteRule[] rules, string topic, ClientIdentity client, out string? rewritten)
    {
        rewritten = null;
        var rule = Array.Find(rules, rule => rule.Source.MatchesLiterally(topic));
        if (rule?.Pattern.Match(topic) is not { Success: true } match)
        {
            return false;
        }

        rule.Topic.TryFill(client, match, out rewritten);
        return true;
    }
}
