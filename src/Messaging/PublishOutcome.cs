namespace Edge.Messaging;

/// <summary>What became of a message handed to the broker. Accepted means kept: see the architecture's first promise.</summary>
public enum PublishOutcome
{
    /// <summary>Every durable receiver has the message on disk or has acknowledged it.</summary>
    Accepted = 0,

    /// <summary>Accepted, and no subscription matched; counted as such.</summary>
    NoMatchingSubscribers,

    /// <summary>The client may not publish to this topic.</summary>
    NotAuthorized,

    /// <summary>The topic has more levels than allowed, or names none, such as <c>$delayed/soon/…</c>.</summary>
    TopicInvalid,

    /// <summary>A limit is reached; the publisher may try again later.</summary>
    QuotaExceeded,

    /// <summary>Larger than a retained message may be: it will not be taken the next time either.</summary>
    TooLarge,

    /// <summary>The Packet Identifier belongs to a QoS 2 message that is not released yet; nothing was published again.</summary>
    Repeated,

    /// <summary>The session behind this connection is gone (taken over or ended).</summary>
    Detached,
}
