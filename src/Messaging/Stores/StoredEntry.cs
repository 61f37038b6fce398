namespace Edge.Messaging.Stores;

/// <summary>What a session must know of each entry of its queue after a restart.</summary>
/// <param name="Position">Place in the queue.</param>
/// <param name="Size">Octets it counts, as <see cref="LogEntry.Size"/> said.</param>
/// <param name="QueuedAt">When it came, as <see cref="LogEntry.QueuedAt"/> said; the default when that was not kept.</param>
/// <param name="IsReceived">Whether its PUBREC was kept: it is not sent again, PUBREL is.</param>
public readonly record struct StoredEntry(long Position, int Size, DateTimeOffset QueuedAt, bool IsReceived);
