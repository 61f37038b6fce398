using System.Diagnostics.CodeAnalysis;
using System.Net;
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
            Value("user", OneOrMore<string>("a user name or an array of them; `*` at the end stands for anything", TryReadName), "any", "Whom it is about: users who gave the right password.", (rule, value) => rule with { Users = value }),
            Value("client", OneOrMore<string>("a ClientId or an array of them; `*` at the end stands for anything", TryReadName), "any", "Whom it is about: clients by their ClientId, of whatever protocol.", (rule, value) => rule with { Clients = value }),
            Value("address", OneOrMore<IPNetwork>("an IP address or a network such as `\"192.0.2.0/24\"`, or an array of them", TryReadNetwork), "any", "Whom it is about: clients by the address they come from.", (rule, value) => rule with { Networks = value }),
            Value("anonymous", SettingType.Toggle, "both", "Whom it is about: clients without a user, or only those with one.", (rule, value) => rule with { Anonymous = value }),
            Value("topics", OneOrMore("a Topic Filter or an array of them; `${clientid}`, `${username}`, `${host}` and `${cert_common_name}` are the only placeholders in it", TryReadTopic), "every topic", "What it is about. `#` and `+` at the beginning match no topic that begins with `$`; left out, it is those too.", (rule, value) => rule with { Topics = value }),
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

    private static SettingType<IReadOnlyList<T>> OneOrMore<T>(string expected, TryReadSetting<T> tryRead) => new(
        expected,
        (SettingNode node, [MaybeNullWhen(false)] out IReadOnlyList<T> value) =>
        {
            var read = new List<T>();
            value = read;
            return All(node, item =>
            {
                var isOne = tryRead(item, out var one);
                if (isOne)
                {
                    read.Add(one!);
                }

                return isOne;
            });
        });

    private static bool TryReadName(SettingNode node, [MaybeNullWhen(false)] out string name) => SettingType.TryGetText(node, out name) && name.Length > 0;

    private static bool TryReadNetwork(SettingNode node, out IPNetwork network)
    {
        network = default;
        if (!SettingType.TryGetText(node, out var text))
        {
            return false;
        }

        var isOne = IPNetwork.TryParse(text, out network);
        if (!isOne && IPAddress.TryParse(text, out var address) && text.AsSpan().ContainsAny(".:"))
        {
            (isOne, network) = (true, new IPNetwork(address, address.GetAddressBytes().Length * 8));
        }

        return isOne;
    }

    private static SettingType<int> QosMask() => new(
        "0, 1, 2 or an array of them",
        (SettingNode node, out int value) =>
        {
            var mask = 0;
            var isRight = All(node, item =>
            {
                var isOne = item is SettingScalar { Value: long and >= 0 and <= 2 };
                mask |= isOne ? 1 << (int)(long)((SettingScalar)item).Value : 0;
                return isOne;
            });
            value = mask;
            return isRight;
        });

    /// <summary>Whether a value, or every one of an array that is not empty, is right.</summary>
    private static bool All(SettingNode node, Predicate<SettingNode> isRight) =>
        node is SettingArray array ? array.Items.Count > 0 && array.Items.TrueForAll(isRight) : isRight(node);
}
