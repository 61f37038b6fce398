using System.Diagnostics.CodeAnalysis;
using System.Net;
using Edge.Gateway.Configuration.Toml;
using Edge.LocalBroker.Access;

namespace Edge.Gateway.Configuration.Schema;

/// <summary>The keys that say whom a rule is about.</summary>
internal static class ClientRuleSchema
{
    /// <summary>Users by name.</summary>
    public const string User = "user";

    /// <summary>Clients by ClientId.</summary>
    public const string Client = "client";

    /// <summary>Clients by where they come from.</summary>
    public const string Address = "address";

    /// <summary>The keys, for one kind of rule.</summary>
    public static IEnumerable<Setting<T>> Settings<T>()
        where T : ClientRule =>
    [
        new ValueSetting<T, IReadOnlyList<string>>(
            User, OneOrMore<string>("a user name or an array of them; `*` at the end stands for anything", TryReadName), "any",
            "Whom it is about: users who proved who they are.",
            (rule, value) => (T)((ClientRule)rule with { Users = value })),
        new ValueSetting<T, IReadOnlyList<string>>(
            Client, OneOrMore<string>("a ClientId or an array of them; `*` at the end stands for anything", TryReadName), "any",
            "Whom it is about: clients by their ClientId, of whatever protocol.",
            (rule, value) => (T)((ClientRule)rule with { Clients = value })),
        new ValueSetting<T, IReadOnlyList<IPNetwork>>(
            Address, OneOrMore<IPNetwork>("an IP address or a network such as `\"192.0.2.0/24\"`, or an array of them", TryReadNetwork), "any",
            "Whom it is about: clients by the address they come from.",
            (rule, value) => (T)((ClientRule)rule with { Networks = value })),
    ];

    /// <summary>A value, or an array of them that is not empty.</summary>
    public static SettingType<IReadOnlyList<T>> OneOrMore<T>(string expected, TryReadSetting<T> tryRead) => new(
        expected,
        (SettingNode node, [MaybeNullWhen(false)] out IReadOnlyList<T> value) =>
        {
            var read = new List<T>();
            value = read;
            return IsOneOrMore(node, item =>
            {
                var isOne = tryRead(item, out var one);
                if (isOne)
                {
                    read.Add(one!);
                }

                return isOne;
            });
        });

    /// <summary>Whether a value, or every one of an array that is not empty, is right.</summary>
    public static bool IsOneOrMore(SettingNode node, Predicate<SettingNode> isRight) =>
        node is SettingArray array ? array.Items.Count > 0 && array.Items.TrueForAll(isRight) : isRight(node);

    private static bool TryReadName(SettingNode node, [MaybeNullWhen(false)] out string name) => SettingType.TryGetText(node, out name) && name.Length > 0;

    /// <summary>Reads a network, or an address, which is one of its own.</summary>
    public static bool TryReadNetwork(SettingNode node, out IPNetwork network)
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
}
