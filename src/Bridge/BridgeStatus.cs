using Edge.Messaging;

namespace Edge.Bridge;

/// <summary>How a bridge is at one moment, for <c>$SYS/broker/bridges/{name}/…</c> and health checks. What waits for upstream is in its session's queue.</summary>
public sealed record BridgeStatus
{
    /// <summary>Name of the bridge.</summary>
    public required string Name { get; init; }

    /// <summary>What it is about.</summary>
    public required BridgeState State { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When it tries to connect next; null unless <see cref="BridgeState.Waiting"/>.</summary>
    public DateTimeOffset? NextAttempt { get; init; }

    /// <summary>Protocol of the connection, such as <c>MQTT 5.0</c>; null unless <see cref="BridgeState.Connected"/>.</summary>
    public string? Protocol { get; init; }

    /// <summary>Why the last connection, or attempt at one, ended; null when none has.</summary>
    public string? LastError { get; init; }

    /// <summary>PUBLISH packets sent to upstream, repeats included.</summary>
    public long Sent { get; init; }

    /// <summary>QoS 1 and 2 messages upstream has acknowledged to the end.</summary>
    public long Acknowledged { get; init; }

    /// <summary>PUBLISH packets received from upstream, repeats included.</summary>
    public long Received { get; init; }

    /// <summary>
    /// Messages the bridge itself gave up, by cause: refused by upstream, larger than it takes, without a rule. Those that its queue dropped
    /// (full, expired) are counted with the broker's.
    /// </summary>
    public IReadOnlyDictionary<DropCause, long> Dropped { get; init; } = new Dictionary<DropCause, long>();
}
