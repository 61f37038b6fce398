namespace Edge.Messaging;

/// <summary>One application message on its way through the gateway. Immutable; the payload is owned, not borrowed.</summary>
public sealed record Message
{
    /// <summary>Where it was published.</summary>
    public required TopicName Topic { get; init; }

    /// <summary>Application data, shared by every receiver; 0 to 268,435,455 octets.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>QoS at which it came in; a receiver may get it at a lower one.</summary>
    public QualityOfService Qos { get; init; }

    /// <summary>Whether it replaces the retained message of its topic (MQTT 5.0 §3.3.1.3).</summary>
    public bool Retain { get; init; }

    /// <summary>When the message stops being worth delivering; null means never (MQTT 5.0 §3.3.2.3.3).</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>MQTT 5 properties passed on unchanged; null when there are none.</summary>
    public MessageProperties? Properties { get; init; }

    /// <summary>ClientId of the session that published it, for No Local; empty for what the gateway publishes itself.</summary>
    public string Origin { get; init; } = "";

    /// <summary>Octets this message counts in queues and limits: topic plus payload plus properties.</summary>
    public int Size => Topic.ToString().Length + Payload.Length + (Properties?.Size ?? 0);
}
