namespace Edge.Messaging.Stores;

/// <summary>Durable queues, one per kept session. Calls return at once; the writes share commits in the order of calls.</summary>
public interface IMessageLog
{
    /// <summary>
    /// Writes the entries with the next commit, all in the same one, but for those withdrawn before; then tells each <see cref="LogEntry.Owner"/>.
    /// </summary>
    /// <param name="entries">One message's entries in the queues of its receivers; may be empty.</param>
    /// <param name="received">The incoming QoS 2 exchange that brought the message, kept in the very same commit; null for none.</param>
    /// <param name="delayed">Number of the delayed message that the entries are, now that it is due; forgotten in the very same commit. Null for none.</param>
    /// <param name="parted">Terms of the session whose Will the message was, now without it; kept in the very same commit. Null for none.</param>
    void Append(IReadOnlyList<LogEntry> entries, ReceivedExchange? received = null, long? delayed = null, SessionRecord? parted = null);

    /// <summary>Keeps that the receiver has the QoS 2 message (PUBREC), so that it is never sent again; tells the owner when it is on disk.</summary>
    void MarkReceived(LogEntry entry);

    /// <summary>Removes an acknowledged or dropped entry. In no hurry: a crash before brings a QoS 1 entry back.</summary>
    void Remove(long queue, long position);

    /// <summary>Removes a whole queue.</summary>
    void RemoveQueue(long queue);

    /// <summary>Reads entries back with their messages, as they were appended, in order.</summary>
    /// <param name="queue">Number of the queue.</param>
    /// <param name="fromPosition">First position wanted.</param>
    /// <param name="toPosition">Last position wanted.</param>
    /// <returns>
    /// Entries that could be read; <see cref="LogEntry.IsStored"/> is set, their new owner sets the rest. Removed ones are left out;
    /// damaged ones too, and logged.
    /// </returns>
    /// <exception cref="StoreException">The store cannot be read at all.</exception>
    ValueTask<IReadOnlyList<LogEntry>> ReadAsync(long queue, long fromPosition, long toPosition);
}
