namespace Edge.Load;

/// <summary>How big a load is. What is null is the scenario's own default.</summary>
internal sealed record LoadOptions
{
    /// <summary>Messages published in all (deliveries of a fan-out: this times the subscribers).</summary>
    internal int? Messages { get; init; }

    /// <summary>Octets of payload; 16 of them are the stamp.</summary>
    internal int Payload { get; init; } = 64;

    /// <summary>QoS 1 and 2 messages unacknowledged per publisher.</summary>
    internal int Inflight { get; init; } = 20;

    /// <summary>QoS of the MQTT client that subscribes to what CoAP clients publish.</summary>
    internal int Qos { get; init; } = 1;

    /// <summary>Publishers with one subscriber each.</summary>
    internal int? Pairs { get; init; }

    /// <summary>Subscribers of a fan-out.</summary>
    internal int Subscribers { get; init; } = 100;

    /// <summary>MQTT-SN or CoAP clients.</summary>
    internal int? Clients { get; init; }

    /// <summary>Connections: the most that are held idle, or all that are opened to count connects.</summary>
    internal int? Connections { get; init; }

    /// <summary>Messages per second where a load is paced.</summary>
    internal int? Rate { get; init; }

    /// <summary>MQTT Protocol Level: 4 for 3.1.1, 5 for 5.0.</summary>
    internal int Version { get; init; } = 4;

    /// <summary>True to publish MQTT-SN to short topic names instead of registered TopicIds.</summary>
    internal bool ShortTopics { get; init; }
}
