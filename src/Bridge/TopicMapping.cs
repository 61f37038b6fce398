using Edge.Messaging;

namespace Edge.Bridge;

/// <summary>Which rule a message passes by, and the topic it gets on the other side.</summary>
/// <remarks>
/// The first rule that matches decides. A rule named by a Subscription Identifier goes first, if it matches: the identifier may be older
/// than the configuration. Not thread-safe.
/// </remarks>
internal sealed class TopicMapping(IReadOnlyList<BridgeRule> rules)
{
    private const string Placeholder = "${topic}";

    /// <summary>Topics remembered; a gateway has few, and they come again and again.</summary>
    private const int MaxRemembered = 4_096;

    private readonly (TopicFilter Filter, string Template)[] _rules = [.. rules.Select(rule => (SubscriptionFilter.TryParse(rule.Filter, out var plain) ? plain.Filter : rule.Filter, rule.Topic))];
    private readonly Dictionary<(TopicName, uint), TopicName> _remembered = [];

    /// <summary>Gives the topic on the other side.</summary>
    /// <param name="topic">The topic it came with.</param>
    /// <param name="identifier">Number of the rule, counted from 1, by which it came; 0 when that is not known.</param>
    /// <param name="mapped">The topic on the other side; when false, the default.</param>
    /// <returns>Null when it passes; else why it does not.</returns>
    public DropCause? Map(TopicName topic, uint identifier, out TopicName mapped)
    {
        if (_remembered.TryGetValue((topic, identifier), out mapped))
        {
            return null;
        }

        if (TemplateFor(topic, identifier) is not { } template)
        {
            return DropCause.NoSubscriber;
        }

        // A template that could give anything but a Topic Name is refused with the configuration; only the length is left to go wrong.
        if (!TopicName.TryParse(template.Replace(Placeholder, topic.ToString(), StringComparison.Ordinal), out mapped))
        {
            return DropCause.Oversize;
        }

        if (_remembered.Count >= MaxRemembered)
        {
            _remembered.Clear();
        }

        _remembered[(topic, identifier)] = mapped;
        return null;
    }

    private string? TemplateFor(TopicName topic, uint identifier)
    {
        if (identifier > 0 && identifier <= _rules.Length && _rules[identifier - 1].Filter.Matches(topic))
        {
            return _rules[identifier - 1].Template;
        }

        foreach (var (filter, template) in _rules)
        {
            if (filter.Matches(topic))
            {
                return template;
            }
        }

        return null;
    }
}
