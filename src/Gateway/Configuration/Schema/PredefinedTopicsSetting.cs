using System.Globalization;
using Edge.Gateway.Configuration.Toml;
using Edge.Messaging;

namespace Edge.Gateway.Configuration.Schema;

/// <summary>A table of topic ids agreed in advance, with their Topic Names (MQTT-SN 1.2 §6.7).</summary>
internal sealed record PredefinedTopicsSetting(string Key, string Summary, Func<GatewaySettings, IReadOnlyDictionary<ushort, TopicName>, GatewaySettings> Set)
    : Setting<GatewaySettings>(Key, "a table of topic ids with their Topic Names, such as `{ 1 = \"plant/1/temperature\" }`", "`{}`", Summary)
{
    /// <inheritdoc/>
    public override GatewaySettings Apply(GatewaySettings target, SettingNode node, string key, ConfigurationReport report)
    {
        if (node is not SettingTable table)
        {
            report.Add(node.Origin, key, $"is {node.Describe()}; it must be {ExpectedInPlainWords}");
            return target;
        }

        var topics = new Dictionary<ushort, TopicName>();
        foreach (var (id, child) in table.Children)
        {
            if (!ushort.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var topicId) || topicId is 0 or ushort.MaxValue)
            {
                report.Add(child.Origin, $"{key}.{id}", "is no topic id; it must be a whole number from 1 to 65534, since 0 and 65535 are reserved");
            }
            else if (!SettingType.TryGetText(child, out var text) || !TopicName.TryParse(text, out var topic))
            {
                report.Add(child.Origin, $"{key}.{id}", $"is {child.Describe()}; it must be a Topic Name, and wildcards are for filters");
            }
            else if (!topics.TryAdd(topicId, topic))
            {
                report.Add(child.Origin, $"{key}.{id}", $"is there twice; every topic id must be there once");
            }
        }

        return Set(target, topics);
    }
}
