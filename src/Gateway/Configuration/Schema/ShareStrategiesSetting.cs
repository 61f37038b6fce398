using Edge.Gateway.Configuration.Toml;
using Edge.LocalBroker.Routing;

namespace Edge.Gateway.Configuration.Schema;

/// <summary>A table of groups of shared subscriptions, each with how its members are chosen (MQTT 5.0 §4.8.2).</summary>
internal sealed record ShareStrategiesSetting(string Key, string Summary, Func<GatewaySettings, IReadOnlyDictionary<string, ShareStrategy>, GatewaySettings> Set)
    : Setting<GatewaySettings>(Key, "a table of groups with their strategies, such as `{ workers = \"sticky\" }`", "`{}`", Summary)
{
    /// <summary>The strategies, by the names that EMQX gave them.</summary>
    public static SettingType<ShareStrategy> Strategy { get; } = SettingType.OneOf(
        ("round_robin", ShareStrategy.RoundRobin),
        ("round_robin_per_group", ShareStrategy.RoundRobinPerGroup),
        ("random", ShareStrategy.Random),
        ("sticky", ShareStrategy.Sticky),
        ("local", ShareStrategy.Local),
        ("hash_clientid", ShareStrategy.HashClientId),
        ("hash_topic", ShareStrategy.HashTopic));

    /// <inheritdoc/>
    public override GatewaySettings Apply(GatewaySettings target, SettingNode node, string key, ConfigurationReport report)
    {
        if (node is not SettingTable table)
        {
            report.Add(node.Origin, key, $"is {node.Describe()}; it must be {ExpectedInPlainWords}");
            return target;
        }

        var strategies = new Dictionary<string, ShareStrategy>(StringComparer.Ordinal);
        foreach (var (group, child) in table.Children)
        {
            if (group.Length == 0 || group.AsSpan().ContainsAny("/+#"))
            {
                report.Add(child.Origin, $"{key}.{group}", "is no name of a group; it must be a text without /, + and #");
            }
            else if (!Strategy.TryRead(child, out var strategy))
            {
                report.Add(child.Origin, $"{key}.{group}", $"is {child.Describe()}; it must be {Strategy.Expected.Replace("`", "", StringComparison.Ordinal)}");
            }
            else
            {
                strategies[group] = strategy;
            }
        }

        return Set(target, strategies);
    }
}
