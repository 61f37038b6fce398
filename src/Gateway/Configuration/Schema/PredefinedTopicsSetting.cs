using System.Globalization;
using Edge.Gateway.Configuration.Toml;
using Edge.Messaging;

namespace Edge.Gateway.Configuration.Schema;

/// <summary>A table of topic ids agreed in advance, with their Topic Names (MQTT-SN 1.2 §6.7).</summary>
internal sealed record PredefinedTopicsSetting(string Key, string Summary, Func<GatewaySettings, IReadOnlyDictionary<ushort, TopicName>, GatewaySettings> Set)
    : TableSetting<ushort, TopicName>(Key, "a table of topic ids with their Topic Names, such as `{ 1 = \"plant/1/temperature\" }`", Summary, Set)
{
    /// <inheritdoc/>
    protected override string? Add(Dictionary<ushort, TopicName> entries, string name, SettingNode child) =>
        !ushort.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var topicId) || topicId is 0 or ushort.MaxValue
            ? "is no topic id; it must be a whole number from 1 to 65534, since 0 and 65535 are reserved"
        : !SettingType.TryGetText(child, out var text) || !TopicName.TryParse(text, out var topic)
            ? $"is {child.Describe()}; it must be a Topic Name, and wildcards are for filters"
        : !entries.TryAdd(topicId, topic)
            ? "is there twice; every topic id must be there once"
        : null;
}
