namespace Edge.Transports;

/// <summary>A way to send and receive addressed datagrams in batches. Knows nothing of what they mean.</summary>
/// <remarks>
/// One loop owns it: receive a batch, deal with it, flush. <see cref="Wake"/> and <see cref="Counters"/> may be used from any thread, the
/// others from one at a time.
/// </remarks>
public interface IDatagramLink : IDisposable
{
    /// <summary>Where the link itself is: the address that was bound, or the device.</summary>
    LinkAddress Local { get; }

    /// <summary>Counts so far.</summary>
    LinkCounters Counters { get; }

    /// <summary>Takes in what has come, or waits until something comes, the time is up, or somebody calls <see cref="Wake"/>.</summary>
    /// <param name="timeout">Longest wait; <see cref="Timeout.InfiniteTimeSpan"/> for no limit. Rounded up to milliseconds.</param>
    /// <returns>Number of datagrams, 0 and up. They last until the next call.</returns>
    int Receive(TimeSpan timeout);

    /// <summary>One datagram of the batch, in place; may be empty.</summary>
    /// <param name="index">0 to what <see cref="Receive"/> gave, less 1.</param>
    ReadOnlySpan<byte> Datagram(int index);

    /// <summary>Who sent it.</summary>
    /// <param name="index">0 to what <see cref="Receive"/> gave, less 1.</param>
    LinkAddress Sender(int index);

    /// <summary>Room for one outgoing datagram, to be filled before the next call. It goes out with <see cref="Flush"/>, or sooner when the batch is full.</summary>
    /// <param name="receiver">Where it goes; from the same kind of link.</param>
    /// <param name="size">Octets of the datagram, all of which must be written; 0 to 65,535. More than the link carries is a failure to send.</param>
    Span<byte> Enqueue(LinkAddress receiver, int size);

    /// <summary>Sends what was enqueued. What cannot be sent is dropped and counted.</summary>
    void Flush();

    /// <summary>Has <see cref="Receive"/> return soon. Calls before it does so are one. Harmless once the link is closed.</summary>
    void Wake();
}
