namespace Edge.Transports;

/// <summary>What went through a link since it was opened, in datagrams.</summary>
/// <param name="Received">Received whole and passed on.</param>
/// <param name="Sent">Handed to the network.</param>
/// <param name="Truncated">Received, but larger than the link takes, and dropped.</param>
/// <param name="Overflowed">Dropped by the system, as the socket's buffer was full or a checksum wrong. Noted when a batch was full or nothing came.</param>
/// <param name="SendFailures">Not sent: too large for the path, no room, no route.</param>
/// <param name="Errors">Reports that earlier datagrams did not arrive, such as «port unreachable». They lose nothing here.</param>
/// <param name="Discarded">Received, and of nobody that is known, or damaged, invented or repeated: what DTLS does not let in.</param>
public readonly record struct LinkCounters(
    long Received, long Sent, long Truncated, long Overflowed, long SendFailures, long Errors, long Discarded = 0);
