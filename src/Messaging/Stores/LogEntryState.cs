namespace Edge.Messaging.Stores;

/// <summary>How far the delivery of a <see cref="LogEntry"/> has come.</summary>
public enum LogEntryState : byte
{
    /// <summary>Not sent on this connection.</summary>
    Queued = 0,

    /// <summary>Sent, not acknowledged.</summary>
    Sent,

    /// <summary>PUBREC received; its record is on the way to the disk.</summary>
    Received,

    /// <summary>PUBREC received and kept; PUBREL is to be sent.</summary>
    Releasable,

    /// <summary>PUBREL sent, PUBCOMP awaited.</summary>
    Released,
}
