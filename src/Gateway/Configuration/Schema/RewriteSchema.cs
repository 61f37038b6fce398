using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Edge.Gateway.Configuration.Toml;
using Edge.LocalBroker;
using Edge.LocalBroker.Rewriting;
using Edge.Messaging;

namespace Edge.Gateway.Configuration.Schema;

/// <summary>The keys of one <c>[[rewrite]]</c>.</summary>
internal static class RewriteSchema
{
    /// <summary>Stands for an expression that could not be read.</summary>
    private static readonly Regex NoPattern = new("");

    private static readonly SettingType<TopicFilter> Source = new(
        "a Topic Filter without `$share/`, `$queue/` or `$exclusive/`",
        (SettingNode node, out TopicFilter value) =>
        {
            value = default;
            return SettingType.TryGetText(node, out var text)
                && TopicFilter.TryParse(text, out value)
                && SubscriptionFilter.TryParse(value, out var parsed)
                && parsed is { Group: null, IsExclusive: false };
        });

    private static readonly SettingType<Regex> Pattern = new(
        "a regular expression without look-around and back-references",
        (SettingNode node, [MaybeNullWhen(false)] out Regex value) =>
        {
            value = null;
            return SettingType.TryGetText(node, out var text) && RewriteRule.TryParsePattern(text, out value);
        });

    /// <summary>The schema.</summary>
    public static SettingSchema<RewriteRule> Schema { get; } = new(
        new RewriteRule { Actions = TopicActions.None, Source = default, Pattern = NoPattern, Topic = TopicSettings.NoTopic },
        [
            new ValueSetting<RewriteRule, TopicActions>(
                "action",
                TopicSettings.Actions,
                Setting<RewriteRule>.Required,
                "What is rewritten: topics of messages, filters of subscriptions, or both.",
                (rule, value) => rule with { Actions = value }),
            new ValueSetting<RewriteRule, TopicFilter>("source", Source, Setting<RewriteRule>.Required,
                "Which topics the rule is for. The filter of a subscription is compared as if it were a topic.",
                (rule, value) => rule with { Source = value }),
            new ValueSetting<RewriteRule, Regex>("regex", Pattern, Setting<RewriteRule>.Required,
                "What must be found in the topic; else it stays as it is.",
                (rule, value) => rule with { Pattern = value }),
            new ValueSetting<RewriteRule, TopicTemplate>(
                "topic",
                TopicSettings.Template("a topic, in which `$1`, `$2` … stand for the groups of `regex`, and `${clientid}`, `${username}`, `${host}`, `${cert_common_name}`, `%c`, `%u` for the client", _ => true),
                Setting<RewriteRule>.Required,
                "What the topic becomes.",
                (rule, value) => rule with { Topic = value }),
        ],
        Check);

    private static void Check(RewriteRule rule, string key, ConfigurationReport report)
    {
        if (rule.Topic == TopicSettings.NoTopic)
        {
            return;
        }

        var groups = rule.Pattern.GetGroupNumbers().Max();
        if (rule.Pattern != NoPattern && rule.Topic.HighestGroup > groups)
        {
            report.Add($"{key}.topic", $"is \"{rule.Topic}\", which asks for ${rule.Topic.HighestGroup}; it must ask for the {groups} groups of regex only");
        }

        var mayHoldWildcards = rule.Actions == TopicActions.Subscribe;
        if (!(mayHoldWildcards ? TopicFilter.TryParse(rule.Topic.Example, out _) : TopicName.TryParse(rule.Topic.Example, out _)))
        {
            report.Add($"{key}.topic", $"is \"{rule.Topic}\"; it must be {(mayHoldWildcards ? "a Topic Filter" : "a Topic Name, as messages are published to it")}");
        }
    }
}
