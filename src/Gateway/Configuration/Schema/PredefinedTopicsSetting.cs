using System.Globalization;
using Edge.Gateway.Configuration.Toml;
using Edge.Protocols.MqttSn.Topics;

namespace Edge.Gateway.Configuration.Schema;

/// <summary>A table of topic ids agreed in advance, with their Topic Names (MQTT-SN 1.2 §6.7).</summary>
internal sealed record PredefinedTopicsSetting<T>(string Key, string Summary, Func<T, IReadOnlyDictionary<ushort, PredefinedTopic>, T> Set)
    : TableSetting<T, ushort, PredefinedTopic>(Key, "a table of topic ids with their Topic Names, such as `{ 1 = \"plant/1/temperature\" }`", Summary, Set)
{
    /// <summary>There must be ids left for registration.</summary>
    private const int Most = 30_000;

    /// <inheritdoc/>
    protected override string? Add(Dictionary<ushort, PredefinedTopic> entries, string name, SettingNode child) =>
        !ushort.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var topicId) || topicId is 0 or ushort.MaxValue
            ? "is no topic id; it must be a whole number from 1 to 65534, since 0 and 65535 are reserved"
        : !SettingType.TryGetText(child, out var text) || !PredefinedTopic.TryParse(text, out var topic)
            ? $"is {child.Describe()}; it must be a Topic Name, in which ${{clientid}} is the only placeholder, and wildcards are for filters"
        : entries.Count == Most
            ? $"is one too many; there may be {Most}"
        : !entries.TryAdd(topicId, topic)
            ? "is there twice; every topic id must be there once"
        : null;
}
