using Edge.Messaging.Stores;

namespace Edge.Storage;

/// <summary>Queue and position as one number, in the order of queues and, within one, of positions.</summary>
internal static class EntryKey
{
    /// <summary>Highest position in a queue.</summary>
    public const long MaxPosition = (1L << PositionBits) - 1;

    private const int PositionBits = 40;

    public static long Of(long queue, long position)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(queue, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(queue, LogEntry.MaxQueue);
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, MaxPosition);
        return (queue << PositionBits) | position;
    }

    public static bool IsQueue(long number) => number is >= 1 and <= LogEntry.MaxQueue;

    public static long Of(LogEntry entry) => Of(entry.Queue, entry.Position);

    public static long QueueOf(long key) => key >> PositionBits;

    public static long PositionOf(long key) => key & MaxPosition;

    /// <summary>Every key a queue may have.</summary>
    public static KeyRange AllOf(long queue) => new(Of(queue, 0), Of(queue, MaxPosition));
}
