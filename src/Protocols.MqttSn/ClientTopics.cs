using Edge.Protocols.MqttSn.Topics;

namespace Edge.Protocols.MqttSn;

/// <summary>Topic ids agreed in advance with one client (MQTT-SN 1.2 §6.7).</summary>
public sealed record ClientTopics
{
    /// <summary>ClientId of the client.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>Ids, 1–65,534, with their names. They go before those of the gateway.</summary>
    public IReadOnlyDictionary<ushort, PredefinedTopic> PredefinedTopics { get; init; } = new Dictionary<ushort, PredefinedTopic>();
}
