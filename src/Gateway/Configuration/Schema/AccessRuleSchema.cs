using Edge.Gateway.Configuration.Toml;
using Edge.LocalBroker;
using Edge.LocalBroker.Access;

namespace Edge.Gateway.Configuration.Schema;

/// <summary>The keys of one <c>[[rule]]</c> in the access list. docs/access.md shows the same.</summary>
internal static class AccessRuleSchema
{
    private const string Allow = "allow";
    private const string Deny = "deny";
    private const string Retain = "retain";

    private static readonly TryReadSetting<TopicTemplate> TryReadTopic = TopicSettings.Template("", TopicSettings.IsFilter).TryRead;

    /// <summary>The schema.</summary>
    public static SettingSchema<AccessRule> Schema { get; } = new(
        new AccessRule { Actions = TopicActions.None },
        [
            Value(Allow, TopicSettings.Actions, "this or `deny`", "What is allowed.", (rule, value) => rule with { Allow = true, Actions = value }),
            Value(Deny, TopicSettings.Actions, "this or `allow`", "What is denied.", (rule, value) => rule with { Allow = false, Actions = value }),
            .. ClientRuleSchema.Settings<AccessRule>(),
            Value("anonymous", SettingType.Toggle, "both", "Whom it is about: clients without a user, or only those with one.", (rule, value) => rule with { Anonymous = value }),
            Value("topics", ClientRuleSchema.OneOrMore("a Topic Filter or an array of them; `${clientid}`, `${username}`, `${host}` and `${cert_common_name}` are the only placeholders in it", TryReadTopic), "every topic", "What it is about. `#` and `+` at the beginning match no topic that begins with `$`; left out, it is those too.", (rule, value) => rule with { Topics = value }),
            Value("qos", QosMask(), "any", "QoS of the message published, or of the subscription.", (rule, value) => rule with { QosMask = value }),
            Value(Retain, SettingType.Toggle, "both", "Only for `publish`: messages that are to be retained, or only others.", (rule, value) => rule with { Retain = value }),
        ],
        Check);

    private static void Check(AccessRule rule, string key, ConfigurationReport report)
    {
        if (report.IsGiven($"{key}.{Allow}") == report.IsGiven($"{key}.{Deny}"))
        {
            report.Add(key, $"must hold either {Allow} or {Deny}, with \"publish\", \"subscribe\" or \"all\"");
        }
        else if (report.IsGiven($"{key}.{Retain}") && rule.Actions.HasFlag(TopicActions.Subscribe))
        {
            report.Add($"{key}.{Retain}", "is for rules about \"publish\" alone");
        }
    }

    private static ValueSetting<AccessRule, T> Value<T>(
        string key, SettingType<T> type, string byDefault, string summary, Func<AccessRule, T, AccessRule> set) => new(key, type, byDefault, summary, set);

    private static SettingType<int> QosMask() => new(
        "0, 1, 2 or an array of them",
        (SettingNode node, out int value) =>
        {
            var mask = 0;
            var isRight = ClientRuleSchema.IsOneOrMore(node, item =>
            {
                var isOne = item is SettingScalar { Value: long and >= 0 and <= 2 };
                mask |= isOne ? 1 << (int)(long)((SettingScalar)item).Value : 0;
                return isOne;
            });
            value = mask;
            return isRight;
        });
}
