namespace Edge.Storage.Tables;

/// <summary>First octet of an entry in the head of its segment.</summary>
[Flags]
internal enum EntryFlags : byte
{
    /// <summary>QoS towards the receiver.</summary>
    QosMask = 0b11,

    /// <summary>RETAIN flag towards the receiver.</summary>
    Retain = 0x04,

    /// <summary>PUBREC was received: the message is not needed any more.</summary>
    Received = 0x08,

    /// <summary>Removed; it stays until all of its segment are.</summary>
    Removed = 0x10,

    /// <summary>The message stands in the table of shared ones.</summary>
    Shared = 0x20,

    /// <summary>Subscription Identifiers follow.</summary>
    HasIdentifiers = 0x40,

    /// <summary>The shared subscription by which it came follows.</summary>
    HasShare = 0x80,
}
