using Edge.Messaging;
using Edge.Protocols.Mqtt.Codec;

namespace Edge.Protocols.Mqtt.Upstream;

/// <summary>What one connection to an upstream broker says of itself, and how long it waits for answers.</summary>
public sealed record UpstreamConnect
{
    /// <summary>Version to speak: 3.1.1 or 5.0.</summary>
    public MqttVersion Version { get; init; } = MqttVersion.Mqtt5;

    /// <summary>ClientId.</summary>
    public required string ClientId { get; init; }

    /// <summary>User Name, or null.</summary>
    public string? UserName { get; init; }

    /// <summary>Password, or null. Never logged.</summary>
    public ReadOnlyMemory<byte>? Password { get; init; }

    /// <summary>Keep Alive, 1 s to 65,535 s; upstream may choose another (Server Keep Alive).</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest wait for CONNACK.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait for an acknowledgement while none arrives, or while younger messages are acknowledged.</summary>
    public TimeSpan AcknowledgeTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>QoS 1 and 2 messages taken from upstream before the first is answered, 1 to 65,535. Announced to MQTT 5.0.</summary>
    public int ReceiveMaximum { get; init; } = 100;

    /// <summary>Largest packet taken from upstream, in octets. Announced to MQTT 5.0.</summary>
    public int MaxPacketSize { get; init; } = 1024 * 1024;

    /// <summary>What to subscribe to, anew on every connection. Identifiers are sent where upstream takes them.</summary>
    public IReadOnlyList<Subscription> Subscriptions { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => $"{ClientId} by {Version}";
}
