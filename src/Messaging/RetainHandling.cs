namespace Edge.Messaging;

/// <summary>Whether a new subscription gets the retained messages (MQTT 5.0 §3.8.3.1).</summary>
public enum RetainHandling : byte
{
    /// <summary>Sent whenever the subscription is made.</summary>
    Send = 0,

    /// <summary>Sent only when the session had no subscription with this filter.</summary>
    SendIfNew = 1,

    /// <summary>Not sent.</summary>
    DoNotSend = 2,
}
