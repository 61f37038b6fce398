using Edge.Messaging;
using Edge.Messaging.Stores;
using Edge.Storage.Records;

namespace Edge.Storage.Tables;

/// <summary>An entry on its way into a segment.</summary>
internal readonly record struct EntryToWrite
{
    /// <param name="key">Queue and position.</param>
    /// <param name="pending">The entry and its message.</param>
    /// <param name="sharedId">Id of the message among the shared ones; 0 when it goes into the segment.</param>
    /// <param name="isReceived">Whether the receiver has it already, so that the message need not be kept.</param>
    public EntryToWrite(long key, PendingEntry pending, long sharedId, bool isReceived)
    {
        Key = key;
        Entry = pending.Entry;
        Message = pending.Message;
        Flags = (sharedId != 0 ? EntryFlags.Shared : 0) | (isReceived ? EntryFlags.Received : 0);
        MessageLength = sharedId != 0 || isReceived ? 0 : MessageCodec.SizeOf(Message) + Record.ChecksumSize;
        LengthOrSharedId = sharedId != 0 ? sharedId : MessageLength;
    }

    public long Key { get; }

    public LogEntry Entry { get; }

    public Message Message { get; }

    public EntryFlags Flags { get; }

    /// <summary>Octets in the segment, with the checksum; 0 when the message is not in it.</summary>
    public int MessageLength { get; }

    public long LengthOrSharedId { get; }
}
