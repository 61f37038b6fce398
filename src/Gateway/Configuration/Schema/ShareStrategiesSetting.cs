using Edge.Gateway.Configuration.Toml;
using Edge.LocalBroker.Routing;

namespace Edge.Gateway.Configuration.Schema;

/// <summary>A table of groups of shared subscriptions, each with how its members are chosen (MQTT 5.0 §4.8.2).</summary>
internal sealed record ShareStrategiesSetting(string Key, string Summary, Func<GatewaySettings, IReadOnlyDictionary<string, ShareStrategy>, GatewaySettings> Set)
    : TableSetting<GatewaySettings, string, ShareStrategy>(Key, "a table of groups with their strategies, such as `{ workers = \"sticky\" }`", Summary, Set)
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
    protected override string? Add(Dictionary<string, ShareStrategy> entries, string name, SettingNode child)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAny("/+#"))
        {
            return "is no name of a group; it must be a text without /, + and #";
        }

        if (!Strategy.TryRead(child, out var strategy))
        {
            return $"is {child.Describe()}; it must be {Strategy.Expected.Replace("`", "", StringComparison.Ordinal)}";
        }

        entries[name] = strategy;
        return null;
    }
}
