using Edge.Messaging;
using Edge.Protocols.Mqtt.Codec;

namespace Edge.Protocols.Mqtt.Upstream;

/// <summary>What upstream granted in CONNACK (MQTT 5.0 §3.2.2.3); before MQTT 5.0 all but the first two are as the standard has them.</summary>
public sealed record UpstreamTerms
{
    /// <summary>Version of the connection.</summary>
    public required MqttVersion Version { get; init; }

    /// <summary>Whether upstream goes on with the session it had. False: it forgot our subscriptions and exchanges.</summary>
    public required bool SessionPresent { get; init; }

    /// <summary>QoS 1 and 2 messages upstream takes before it acknowledges.</summary>
    public int ReceiveMaximum { get; init; } = 65_535;

    /// <summary>Highest QoS upstream takes.</summary>
    public QualityOfService MaximumQos { get; init; } = QualityOfService.ExactlyOnce;

    /// <summary>Whether upstream keeps retained messages.</summary>
    public bool RetainAvailable { get; init; } = true;

    /// <summary>Whether subscriptions may bear identifiers.</summary>
    public bool SubscriptionIdentifiersAvailable { get; init; }

    /// <summary>Largest packet upstream takes, in octets.</summary>
    public int MaximumPacketSize { get; init; } = 268_435_460;

    /// <summary>Keep Alive that holds.</summary>
    public required TimeSpan KeepAlive { get; init; }

    /// <summary>ClientId that upstream chose, or null.</summary>
    public string? AssignedClientId { get; init; }
}
