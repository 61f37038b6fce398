using Edge.Messaging;

namespace Edge.Bridge;

/// <summary>What went over a bridge since the start. Read without a lock; each figure is right by itself.</summary>
internal sealed class BridgeCounters
{
    private static readonly DropCause[] Causes = Enum.GetValues<DropCause>();
    private readonly long[] _dropped = new long[Causes.Length];
    private long _sent;
    private long _acknowledged;
    private long _received;

    public long Sent => Interlocked.Read(ref _sent);

    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    public long Received => Interlocked.Read(ref _received);

    /// <summary>Causes that occurred.</summary>
    public IReadOnlyDictionary<DropCause, long> Dropped =>
        Causes.Select(cause => (cause, Count: Interlocked.Read(ref _dropped[(int)cause]))).Where(drop => drop.Count > 0).ToDictionary();

    public void CountSent(long count) => Interlocked.Add(ref _sent, count);

    public void CountAcknowledged() => Interlocked.Increment(ref _acknowledged);

    public void CountReceived() => Interlocked.Increment(ref _received);

    public void CountDropped(DropCause cause) => Interlocked.Increment(ref _dropped[(int)cause]);
}
