using Edge.Messaging;

namespace Edge.Bridge;

/// <summary>One bridge to an upstream MQTT broker. Section <c>[[bridge]]</c>.</summary>
public sealed record BridgeOptions
{
    /// <summary>Name of the bridge: its queue, its topics on <c>$SYS</c> and its log lines bear it. Letters, digits, <c>-</c>, <c>_</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where the upstream broker is: <c>mqtt://host:port</c> or <c>mqtts://host:port</c>.</summary>
    public required Uri Address { get; init; }

    /// <summary>ClientId towards upstream, placeholders resolved.</summary>
    public required string ClientId { get; init; }

    /// <summary>User name towards upstream, or null.</summary>
    public string? UserName { get; init; }

    /// <summary>File that holds the password (a final line break is not part of it), read at every connection; or null.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>PEM file with the certificates trusted as roots, or null for the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>PEM file with our certificate for mutual TLS, or null.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file with the key of <see cref="CertificateFile"/>, or null.</summary>
    public string? KeyFile { get; init; }

    /// <summary>MQTT version: 5.0, then 3.1.1 when upstream refuses it, unless fixed.</summary>
    public UpstreamProtocol Protocol { get; init; } = UpstreamProtocol.Auto;

    /// <summary>Keep Alive, 5 s to 18 h. A link that answers nothing for 1.5 × this is given up.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Longest wait for an acknowledgement before the link is given up, while none comes or while only younger messages are acknowledged.
    /// What is unacknowledged is sent again on the next link. A slow link on which acknowledgements trickle in is left alone.
    /// </summary>
    public TimeSpan AcknowledgeTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait for the connection and its CONNACK.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>First wait before connecting again; doubles up to <see cref="ReconnectMaximum"/>, each with a random spread.</summary>
    public TimeSpan ReconnectMinimum { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait before connecting again.</summary>
    public TimeSpan ReconnectMaximum { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Messages unacknowledged at once, 1 to 65,535; upstream's Receive Maximum holds as well.</summary>
    public int MaxInflight { get; init; } = 100;

    /// <summary>Largest packet taken from upstream, in octets.</summary>
    public int MaxPacketSize { get; init; } = 1024 * 1024;

    /// <summary>Local to upstream.</summary>
    public IReadOnlyList<BridgeRule> Forward { get; init; } = [];

    /// <summary>Upstream to local.</summary>
    public IReadOnlyList<BridgeRule> Receive { get; init; } = [];

    /// <summary>Octets that may wait for upstream.</summary>
    public long QueueMaxBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>How long a message may wait, to the second; zero for ever.</summary>
    public TimeSpan QueueMaxAge { get; init; }

    /// <summary>Who goes when the queue is full.</summary>
    public OverflowPolicy QueueOverflow { get; init; } = OverflowPolicy.DropOldest;

    /// <inheritdoc/>
    public override string ToString() => $"{Name} to {BridgeText.Of(Address)}";
}
