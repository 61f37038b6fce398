namespace Edge.Protocols.Coap.Transfer;

/// <summary>What becomes of a block of a request (RFC 7959 §2.9).</summary>
internal enum BlockOutcome : byte
{
    /// <summary>It was taken: 2.31.</summary>
    Continue = 0,

    /// <summary>It was the last one: the request may be done.</summary>
    Whole,

    /// <summary>Blocks before it are missing: 4.08.</summary>
    Incomplete,

    /// <summary>The body is longer than may be: 4.13.</summary>
    TooLarge,

    /// <summary>The bodies that are under way hold as much as they may: 5.03, to be tried again.</summary>
    NoRoom,

    /// <summary>It is not the last one, and not as long as it says: 4.00.</summary>
    Malformed,
}
