using Edge.Bridge;
using Edge.Gateway.Configuration.Toml;
using Edge.Messaging;

namespace Edge.Gateway.Configuration.Schema;

/// <summary>The keys of one rule in a bridge's <c>forward</c> or <c>receive</c>.</summary>
internal static class BridgeRuleSchema
{
    /// <summary>The schema for a gateway of a name.</summary>
    public static SettingSchema<BridgeRule> For(string gateway) => new(
        new BridgeRule(default, QualityOfService.AtLeastOnce, Placeholders.Topic),
        [
            new ValueSetting<BridgeRule, TopicFilter>("filter", Filter(gateway), Setting<BridgeRule>.Required,
                "Which messages pass: a Topic Filter on the side where they come from.",
                (rule, value) => rule with { Filter = value }),
            new ValueSetting<BridgeRule, int>("qos", SettingType.WholeNumber(0, 2), "`1`",
                "Highest QoS of the passage.",
                (rule, value) => rule with { Qos = (QualityOfService)value }),
            new ValueSetting<BridgeRule, string>("topic", Topic(gateway), "`\"${topic}\"`",
                "Topic on the other side.",
                (rule, value) => rule with { Topic = value }),
        ]);

    private static SettingType<TopicFilter> Filter(string gateway) => new(
        "a Topic Filter; `${gateway}` is the only placeholder in it",
        (SettingNode node, out TopicFilter value) =>
        {
            value = default;
            return SettingType.TryGetText(node, out var template)
                && Placeholders.TryResolve(template, gateway, out var text)
                && TopicFilter.TryParse(text, out value);
        });

    private static SettingType<string> Topic(string gateway) => new(
        "a Topic Name, not below `$SYS`; `${topic}` and `${gateway}` are the only placeholders in it",
        (SettingNode node, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out string value) =>
        {
            value = null;
            return SettingType.TryGetText(node, out var template)
                && Placeholders.TryResolve(template, gateway, out value, Placeholders.Topic)
                && TopicName.TryParse(value.Replace(Placeholders.Topic, "x", StringComparison.Ordinal), out var example)
                && !example.ToString().StartsWith("$SYS/", StringComparison.Ordinal);
        });
}
