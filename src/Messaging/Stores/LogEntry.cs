namespace Edge.Messaging.Stores;

/// <summary>One message in one session's queue of QoS 1 and 2 messages; for a durable session also what stands on disk.</summary>
/// <remarks>
/// <para>
/// Between append and commit an entry may be withdrawn because its receiver acknowledged it: then it is never written.
/// <see cref="TryWithdraw"/> and <see cref="TryBeginWrite"/> race, and one of them wins.
/// </para>
/// <para>Other members change under the lock of the owning session only.</para>
/// </remarks>
/// <param name="queue">Number of the queue, 1 to <see cref="MaxQueue"/>; 0 for one that is never on disk.</param>
/// <param name="position">Place in the queue: 0 and up, without gaps as appended, never used twice within 65,535.</param>
public sealed class LogEntry(long queue, long position)
{
    /// <summary>Highest number of a queue, all ones in binary.</summary>
    public const long MaxQueue = (1 << 22) - 1;

    private const int Waiting = 0;
    private const int Writing = 1;
    private const int Withdrawn = 2;
    private int _write;

    /// <summary>Number of the queue.</summary>
    public long Queue { get; } = queue;

    /// <summary>Place in the queue.</summary>
    public long Position { get; } = position;

    /// <summary>Packet Identifier, the same after a restart: 1 to 65,535.</summary>
    public ushort PacketId => PacketIdOf(Position);

    /// <summary>QoS towards the receiver: 1 or 2.</summary>
    public QualityOfService Qos { get; init; }

    /// <summary>RETAIN flag towards the receiver.</summary>
    public bool Retain { get; init; }

    /// <summary>Identifiers of the matching subscriptions, or null.</summary>
    public uint[]? SubscriptionIdentifiers { get; init; }

    /// <summary>The shared subscription that gave the message to this session and not to another member; the default for none.</summary>
    public TopicFilter Share { get; init; }

    /// <summary>Octets the message counts against the queue's limit.</summary>
    public int Size { get; init; }

    /// <summary>When it came to the queue, to the second at least. The default in what <see cref="IMessageLog.ReadAsync"/> gives.</summary>
    public DateTimeOffset QueuedAt { get; set; }

    /// <summary>When it came, counted among all messages of the session; QoS 0 messages are sent in between by it. 0 when it was read back.</summary>
    public long Order { get; init; }

    /// <summary>The message; null when nothing but position and size is known.</summary>
    public Message? Message { get; set; }

    /// <summary>Told when the entry is on disk; null in a queue that is not durable.</summary>
    public ILogEntryOwner? Owner { get; set; }

    /// <summary>What waits for this entry to be kept, or null.</summary>
    public IKeptReceipt? Receipt { get; set; }

    /// <summary>How far the delivery has come.</summary>
    public LogEntryState State { get; set; }

    /// <summary>Whether an earlier connection may have sent it.</summary>
    public bool Dup { get; set; }

    /// <summary>Whether it is on disk.</summary>
    public bool IsStored { get; set; }

    /// <summary>Packet Identifier of a position.</summary>
    public static ushort PacketIdOf(long position) => (ushort)(1 + (position % ushort.MaxValue));

    /// <summary>Whether <see cref="TryWithdraw"/> has won.</summary>
    public bool IsWithdrawn => Volatile.Read(ref _write) == Withdrawn;

    /// <summary>Takes the entry out of the commit to come.</summary>
    /// <returns>False when the store has begun to write it, or it came from the disk: then it is removed from the log like any other.</returns>
    public bool TryWithdraw() => !IsStored && Interlocked.CompareExchange(ref _write, Withdrawn, Waiting) == Waiting;

    /// <summary>For the store: claims the entry for writing. False when it was withdrawn.</summary>
    public bool TryBeginWrite() => Interlocked.CompareExchange(ref _write, Writing, Waiting) == Waiting;
}
