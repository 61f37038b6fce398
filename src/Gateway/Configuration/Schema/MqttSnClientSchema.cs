using Edge.Protocols.MqttSn;

namespace Edge.Gateway.Configuration.Schema;

/// <summary>The keys of one <c>[[mqttsn.client]]</c>.</summary>
internal static class MqttSnClientSchema
{
    /// <summary>The schema.</summary>
    public static SettingSchema<ClientTopics> Schema { get; } = new(
        new ClientTopics(),
        [
            new ValueSetting<ClientTopics, string>("client_id", SettingType.Text("a ClientId", text => text.Length > 0), Setting<ClientTopics>.Required,
                "ClientId of the node.",
                (client, value) => client with { ClientId = value }),
            new PredefinedTopicsSetting<ClientTopics>("predefined_topics",
                "Topic ids agreed in advance with this node. They go before those of all nodes.",
                (client, value) => client with { PredefinedTopics = value }),
        ]);

    /// <summary>Looks at all of them together.</summary>
    public static void Check(IReadOnlyList<ClientTopics> clients, ConfigurationReport report)
    {
        foreach (var (index, client) in clients.Index())
        {
            if (client.ClientId.Length > 0 && clients.Take(index).Any(other => other.ClientId == client.ClientId))
            {
                report.Add($"mqttsn.client.{index}.client_id", $"is \"{client.ClientId}\", as in another before it; every client must be there once");
            }
        }
    }
}
