namespace Edge.Messaging;

/// <summary>What a client asks for with one Topic Filter (MQTT 5.0 §3.8.3.1).</summary>
public sealed record Subscription
{
    /// <summary>The Topic Filter; one subscription per filter and session.</summary>
    public required TopicFilter Filter { get; init; }

    /// <summary>Highest QoS at which messages are delivered.</summary>
    public QualityOfService MaximumQos { get; init; }

    /// <summary>Messages published by the same session are not delivered ([MQTT-3.8.3-3]).</summary>
    public bool NoLocal { get; init; }

    /// <summary>Messages keep the RETAIN flag with which they were published.</summary>
    public bool RetainAsPublished { get; init; }

    /// <summary>What happens to retained messages when the subscription is made.</summary>
    public RetainHandling RetainHandling { get; init; }

    /// <summary>Subscription Identifier, 1 to 268,435,455; 0 when the client gave none.</summary>
    public uint Identifier { get; init; }
}
