using System.Collections.Concurrent;

namespace Edge.LocalBroker.Sessions;

/// <summary>Octets that wait in the sessions of all clients together, and what is done when they are too many. For any thread.</summary>
/// <remarks>
/// The largest queue gives way, so that one client that is away for long takes nothing from the others. To find it costs a pass over the
/// sessions; whoever was found gives way until its queue is down to half of what it was.
/// </remarks>
/// <param name="limit">Octets.</param>
/// <param name="sessions">All sessions.</param>
internal sealed class QueuedTotal(long limit, ConcurrentDictionary<string, Session> sessions)
{
    private long _kept;
    private long _once;
    private int _isRelieving;
    private Session? _largest;
    private long _half;

    /// <summary>The total of a broker; null where there is no limit.</summary>
    public static QueuedTotal? For(BrokerOptions options, ConcurrentDictionary<string, Session> sessions) =>
        options.MaxQueuedBytesTotal > 0 ? new QueuedTotal(options.MaxQueuedBytesTotal, sessions) : null;

    /// <summary>Whether more waits at QoS 1 and 2 than may.</summary>
    public bool IsExceeded => Kept > limit;

    private long Kept => Interlocked.Read(ref _kept);

    /// <summary>Whether so many octets more may wait at QoS 1 or 2.</summary>
    public bool HasRoomToKeep(int octets) => Kept + octets <= limit;

    /// <summary>Whether so many octets more may wait at QoS 0, which gets what the others leave.</summary>
    public bool HasRoomFor(int octets) => Kept + Interlocked.Read(ref _once) + octets <= limit;

    /// <summary>A session has more waiting, or less.</summary>
    /// <param name="kept">Octets at QoS 1 and 2.</param>
    /// <param name="once">Octets at QoS 0.</param>
    public void Add(long kept, long once)
    {
        if (kept != 0)
        {
            Interlocked.Add(ref _kept, kept);
        }

        if (once != 0)
        {
            Interlocked.Add(ref _once, once);
        }
    }

    /// <summary>Has the largest queues give way until the limit is kept. No lock is held.</summary>
    public void Relieve()
    {
        if (Interlocked.Exchange(ref _isRelieving, 1) != 0)
        {
            return; // Somebody is at it.
        }

        try
        {
            while (IsExceeded && Largest() is { } session)
            {
                session.GiveWay(Kept - limit);
            }
        }
        finally
        {
            Volatile.Write(ref _isRelieving, 0);
        }
    }

    /// <summary>A session with a large queue; null when nothing waits that could give way.</summary>
    private Session? Largest()
    {
        if (_largest is null || _largest.WaitingOctets < _half || _largest.WaitingOctets == 0)
        {
            var most = 0L;
            _largest = null;
            foreach (var (_, session) in sessions)
            {
                if (!session.IsInternal && session.WaitingOctets is var octets && octets > most)
                {
                    (_largest, most) = (session, octets);
                }
            }

            _half = most / 2;
        }

        return _largest;
    }
}
