using System.Diagnostics.CodeAnalysis;
using System.Net;
using Edge.Gateway.Configuration.Toml;
using Edge.LocalBroker.Access;

namespace Edge.Gateway.Configuration.Schema;

/// <summary>The keys of one <c>[[rule]]</c> in the access list. docs/access.md shows the same.</summary>
internal static class AccessRuleSchema
{
    private const string Allow = "allow";
    private const string Deny = "deny";
    private const string Retain = "retain";

    private static readonly SettingType<AccessActions> Actions =
        SettingType.OneOf(("publish", AccessActions.Publish), ("subscribe", AccessActions.Subscribe), ("all", AccessActions.All));

    /// <summary>The schema.</summary>
    public static SettingSchema<AccessRule> Schema { get; } = new(
        new AccessRule { Actions = AccessActions.None },
        [
            Value(Allow, Actions, "this or `deny`", "What is allowed.", (rule, value) => rule with { Allow = true, Actions = value }),
            Value(Deny, Actions, "this or `allow`", "What is denied.", (rule, value) => rule with { Allow = false, Actions = value }),
            Value("user", Texts("a user name or an array of them; `*` at the end stands for anything", IsName), "any", "Whom it is about: users who gave the right password.", (rule, value) => rule with { Users = value }),
            Value("client", Texts("a ClientId or an array of them; `*` at the end stands for anything", IsName), "any", "Whom it is about: clients by their ClientId, of whatever protocol.", (rule, value) => rule with { Clients = value }),
            Value("address", Networks(), "any", "Whom it is about: clients by the address they come from.", (rule, value) => rule with { Networks = value }),
            Value("anonymous", SettingType.Toggle, "both", "Whom it is about: clients without a user, or only those with one.", (rule, value) => rule with { Anonymous = value }),
            Value("topics", Texts("a Topic Filter or an array of them; `${clientid}`, `${username}` and `${cert_common_name}` are the only placeholders in it", FilterTemplate.IsValid), "every topic", "What it is about. `#` and `+` at the beginning match no topic that begins with `$`; left out, it is those too.", (rule, value) => rule with { Topics = value }),
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
        else if (report.IsGiven($"{key}.{Retain}") && rule.Actions.HasFlag(AccessActions.Subscribe))
        {
            report.Add($"{key}.{Retain}", "is for rules about \"publish\" alone");
        }
    }

    private static bool IsName(string name) => name.Length > 0;

    private static ValueSetting<AccessRule, T> Value<T>(
        string key, SettingType<T> type, string byDefault, string summary, Func<AccessRule, T, AccessRule> set) => new(key, type, byDefault, summary, set);

    private static SettingType<IReadOnlyList<string>> Texts(string expected, Predicate<string> isRight) => new(
        expected,
        (SettingNode node, [MaybeNullWhen(false)] out IReadOnlyList<string> value) =>
        {
            var texts = new List<string>();
            value = texts;
            return All(node, item =>
            {
                var isOne = SettingType.TryGetText(item, out var text) && isRight(text);
                texts.Add(text ?? "");
                return isOne;
            });
        });

    private static SettingType<IReadOnlyList<IPNetwork>> Networks() => new(
        "an IP address or a network such as `\"192.0.2.0/24\"`, or an array of them",
        (SettingNode node, [MaybeNullWhen(false)] out IReadOnlyList<IPNetwork> value) =>
        {
            var networks = new List<IPNetwork>();
            value = networks;
            return All(node, item =>
            {
                if (!SettingType.TryGetText(item, out var text))
                {
                    return false;
                }

                var isOne = IPNetwork.TryParse(text, out var network);
                if (!isOne && IPAddress.TryParse(text, out var address) && text.AsSpan().ContainsAny(".:"))
                {
                    (isOne, network) = (true, new IPNetwork(address, address.GetAddressBytes().Length * 8));
                }

                networks.Add(network);
                return isOne;
            });
        });

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
