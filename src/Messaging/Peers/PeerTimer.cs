namespace Edge.Messaging.Peers;

/// <summary>The timers a conversation may have running; one of each kind.</summary>
public enum PeerTimer : byte
{
    /// <summary>The other side has been silent for too long.</summary>
    KeepAlive = 0,

    /// <summary>An unanswered frame is sent again.</summary>
    Retry,

    /// <summary>A step of the conversation (such as the first CONNECT) took too long.</summary>
    Progress,

    /// <summary>Nothing goes on any more that needs what is held for it.</summary>
    Idle,

    /// <summary>It is time to say something ourselves.</summary>
    Ping,
}
