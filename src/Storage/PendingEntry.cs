using Edge.Messaging;
using Edge.Messaging.Stores;

namespace Edge.Storage;

/// <summary>An entry that waits to be written.</summary>
/// <param name="entry">The entry.</param>
/// <param name="message">Its message; kept here, as its owner may let go of it once the receiver has acknowledged it.</param>
/// <param name="since">Time stamp of its coming.</param>
internal sealed class PendingEntry(LogEntry entry, Message message, long since)
{
    private bool _isClaimed;

    public LogEntry Entry { get; } = entry;

    public Message Message { get; } = message;

    public long Since { get; } = since;

    /// <summary>Takes from its owner the right to withdraw it. False when it was withdrawn.</summary>
    public bool TryClaim() => _isClaimed = _isClaimed || Entry.TryBeginWrite();
}
