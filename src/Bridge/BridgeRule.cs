using Edge.Messaging;

namespace Edge.Bridge;

/// <summary>One direction's rule: which messages pass, at which QoS, under which topic.</summary>
/// <param name="Filter">Topic Filter on the side where the message comes from.</param>
/// <param name="Qos">Highest QoS of the passage.</param>
/// <param name="Topic">Template of the topic on the other side; <c>${topic}</c> is the topic it came with. Other placeholders are resolved before.</param>
public sealed record BridgeRule(TopicFilter Filter, QualityOfService Qos, string Topic);
