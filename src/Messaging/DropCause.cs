namespace Edge.Messaging;

/// <summary>Why a message or frame came to an end without being delivered. Each is a counter; together they leave no silent loss.</summary>
public enum DropCause
{
    /// <summary>Message Expiry Interval ran out while it waited.</summary>
    Expired = 0,

    /// <summary>The session's queue was full and its overflow policy chose this message.</summary>
    QueueFull,

    /// <summary>It waited in the session's queue for longer than a message may.</summary>
    TooOld,

    /// <summary>QoS 0 for a receiver that takes too slowly.</summary>
    SlowReceiver,

    /// <summary>QoS 0 for a session that is not connected.</summary>
    Offline,

    /// <summary>The session ended (expired, cleaned or taken over with Clean Start) while messages waited in it.</summary>
    SessionEnded,

    /// <summary>No subscription matched.</summary>
    NoSubscriber,

    /// <summary>The publisher or receiver is not permitted.</summary>
    NotAuthorized,

    /// <summary>Larger than its receiver accepts.</summary>
    Oversize,

    /// <summary>Refused by a codec.</summary>
    Malformed,

    /// <summary>Well-formed, but not allowed in the state the conversation is in, or naming what does not exist.</summary>
    Protocol,

    /// <summary>A limit on rate, connections or size refused it.</summary>
    Quota,

    /// <summary>A mailbox or socket buffer was full.</summary>
    Congestion,

    /// <summary>Its receiver refused it with a reason code.</summary>
    Refused,

    /// <summary>A later message of the same topic took its place before its receiver could be told of it (CoAP, RFC 7641 §4.5.2).</summary>
    Superseded,

    /// <summary>Damaged on disk.</summary>
    Corrupt,

    /// <summary>Published to what names no topic, such as <c>$delayed/soon/…</c>, or what a rewrite made of it.</summary>
    TopicInvalid,

    /// <summary>Published faster than allowed, by a client that cannot be made to wait.</summary>
    Rate,

    /// <summary>Published while the gateway is short of memory: at QoS 0, or by a client that cannot be made to wait.</summary>
    Memory,
}
