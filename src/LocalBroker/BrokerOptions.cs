using Edge.LocalBroker.Rewriting;
using Edge.LocalBroker.Routing;
using Edge.Messaging;

namespace Edge.LocalBroker;

/// <summary>Limits of the local broker. Part of section <c>mqtt</c>; they hold for every protocol.</summary>
public sealed record BrokerOptions
{
    /// <summary>Clients connected at a time, by whatever protocol; 0 for any number.</summary>
    public int MaxConnections { get; init; }

    /// <summary>Subscriptions of one session; 0 for any number. What a client gets without asking is not refused.</summary>
    public int MaxSubscriptions { get; init; }

    /// <summary>QoS 1 and 2 messages sent to a client and not acknowledged; 1 to 65,535.</summary>
    public int MaxInflight { get; init; } = 32;

    /// <summary>Longest Session Expiry Interval granted, also to CleanSession = 0. More than zero.</summary>
    public TimeSpan MaxSessionExpiry { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Messages waiting in one session; 1 and up.</summary>
    public int MaxQueuedMessages { get; init; } = 10_000;

    /// <summary>Octets waiting in one session; 1 and up.</summary>
    public long MaxQueuedBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Octets waiting in the sessions of all clients together; 0 for any number. Those of clients that keep up are not refused.</summary>
    public long MaxQueuedBytesTotal { get; init; }

    /// <summary>How long a message may wait in one session, to the second; zero for ever.</summary>
    public TimeSpan MaxQueuedAge { get; init; }

    /// <summary>Who goes when a session's queue is full.</summary>
    public OverflowPolicy Overflow { get; init; } = OverflowPolicy.DropOldest;

    /// <summary>Messages that may wait for their time on <c>$delayed/…</c>; 0 refuses them.</summary>
    public int MaxDelayedMessages { get; init; } = 100_000;

    /// <summary>Octets of them: topic, payload and properties.</summary>
    public long MaxDelayedBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Retained messages; 0 for any number.</summary>
    public int MaxRetainedMessages { get; init; }

    /// <summary>Octets of them: topic, payload and properties; 0 for any number.</summary>
    public long MaxRetainedBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Octets of one retained message; 0 for any number.</summary>
    public long MaxRetainedSize { get; init; }

    /// <summary>How long a message is retained that has no Message Expiry Interval; 0 for ever.</summary>
    public TimeSpan RetainedExpiry { get; init; }

    /// <summary>Rules that rewrite topics.</summary>
    public IReadOnlyList<RewriteRule> Rewrite { get; init; } = [];

    /// <summary>Which rule decides of several that match.</summary>
    public RewriteOrder RewriteOrder { get; init; }

    /// <summary>What every client is subscribed to when it connects.</summary>
    public IReadOnlyList<AutoSubscription> AutoSubscribe { get; init; } = [];

    /// <summary>Levels of a topic or filter; 1 to 65,535.</summary>
    public int MaxTopicLevels { get; init; } = 128;

    /// <summary>Who of a group gets a message of a shared subscription.</summary>
    public ShareStrategy ShareStrategy { get; init; }

    /// <summary>The same for single groups, by name; <c>$queue</c> is that of <c>$queue/</c>.</summary>
    public IReadOnlyDictionary<string, ShareStrategy> ShareStrategies { get; init; } = new Dictionary<string, ShareStrategy>();
}
