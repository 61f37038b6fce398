using Edge.Messaging;
using Edge.Messaging.Stores;

namespace Edge.Storage.Tables;

/// <summary>One entry as the head of its segment tells of it.</summary>
internal readonly record struct SegmentEntry
{
    /// <summary>Queue and position.</summary>
    public required long Key { get; init; }

    public required EntryFlags Flags { get; init; }

    /// <summary>Where in the head the flags stand.</summary>
    public required int FlagsAt { get; init; }

    /// <summary>Octets the message counts against the queue's limit.</summary>
    public required int Size { get; init; }

    /// <summary>When it came to the queue, to within one commit; the default when that is not known.</summary>
    public required DateTimeOffset QueuedAt { get; init; }

    /// <summary>Where in the segment's messages this one begins, unless it is shared.</summary>
    public int MessageAt { get; init; }

    /// <summary>Octets of the message with its checksum; 0 when it is shared.</summary>
    public int MessageLength { get; init; }

    /// <summary>Id of the shared message.</summary>
    public long SharedId { get; init; }

    public uint[]? SubscriptionIdentifiers { get; init; }

    /// <summary>The shared subscription by which it came; the default for none.</summary>
    public TopicFilter Share { get; init; }

    public bool IsRemoved => Flags.HasFlag(EntryFlags.Removed);

    public bool IsShared => Flags.HasFlag(EntryFlags.Shared);

    /// <summary>Whether the message may have to be sent yet.</summary>
    public bool NeedsMessage => (Flags & (EntryFlags.Removed | EntryFlags.Received)) == 0;

    /// <summary>What a session must know of it after a restart.</summary>
    public StoredEntry ToStoredEntry() => new(EntryKey.PositionOf(Key), Size, QueuedAt, Flags.HasFlag(EntryFlags.Received));

    /// <summary>The entry as it was appended; its session knows when that was.</summary>
    public LogEntry ToLogEntry(Message message) => new(EntryKey.QueueOf(Key), EntryKey.PositionOf(Key))
    {
        Qos = (QualityOfService)(Flags & EntryFlags.QosMask),
        Retain = Flags.HasFlag(EntryFlags.Retain),
        SubscriptionIdentifiers = SubscriptionIdentifiers,
        Share = Share,
        Size = Size,
        Message = message,
        IsStored = true,
    };
}
