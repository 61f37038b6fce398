using System.Diagnostics.CodeAnalysis;
using System.Net;
using Edge.Gateway.Configuration.Toml;

namespace Edge.Gateway.Configuration.Schema;

/// <summary>Reads from where nodes may come: networks as in the access list, and two words for what has no network.</summary>
internal static class NodeOriginsType
{
    /// <summary>The kind of value, where nodes may be on serial lines, too.</summary>
    public static SettingType<NodeOrigins> Instance { get; } = new(
        "an IP address or a network such as `\"192.0.2.0/24\"`, `\"loopback\"` or `\"serial\"`, or an array of them", TryRead);

    /// <summary>The kind of value, where they may not.</summary>
    public static SettingType<NodeOrigins> Networks { get; } = new(
        "an IP address or a network such as `\"192.0.2.0/24\"`, or `\"loopback\"`, or an array of them",
        (SettingNode node, [MaybeNullWhen(false)] out NodeOrigins origins) => TryRead(node, out origins) && !origins.Serial);

    private static bool TryRead(SettingNode node, [MaybeNullWhen(false)] out NodeOrigins origins)
    {
        var (loopback, serial, networks) = (false, false, new List<IPNetwork>());
        var isRight = ClientRuleSchema.IsOneOrMore(node, item =>
        {
            var word = SettingType.TryGetText(item, out var text) ? text : null;
            loopback |= word == "loopback";
            serial |= word == "serial";
            if (word is "loopback" or "serial")
            {
                return true;
            }

            var isNetwork = ClientRuleSchema.TryReadNetwork(item, out var network);
            networks.Add(network);
            return isNetwork;
        });
        origins = isRight ? new NodeOrigins(loopback, serial, networks) : null;
        return isRight;
    }
}
