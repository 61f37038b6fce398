using Edge.Messaging.Peers;
using Edge.Transports;

namespace Edge.Gateway.Fronts;

/// <summary>One node at one address of a link. The link's front gives it its turns.</summary>
internal sealed class DatagramDriver<TReply>(
    IPeer<TReply> peer, FrontServices services, ListenerLimits limits, LinkAddress address, DatagramFront<TReply> front)
    : PeerDriver<TReply>(peer, services, limits, address.ToString())
{
    private int _isReady;

    /// <summary>Where the node is.</summary>
    public LinkAddress Address => address;

    /// <summary>Whether there is nothing to remember: no session, none on the way, no step of the conversation awaited.</summary>
    public bool IsForgettable => IsClosed || (Session is null && !IsConnecting && !IsAnyTimerArmed);

    /// <summary>Whether it has a session.</summary>
    public bool HasSession => Session is not null && !IsClosed;

    /// <summary>A node on a small radio may answer each delivery with a question, so they come one at a time.</summary>
    protected override int TakeAtOnce => 1;

    /// <inheritdoc/>
    public override void Wake()
    {
        if (Interlocked.Exchange(ref _isReady, 1) == 0)
        {
            front.MakeReady(this);
        }
    }

    /// <summary>A datagram came from the node.</summary>
    public void OnDatagram(ReadOnlySpan<byte> datagram)
    {
        BeginTurn();
        if (!IsClosed)
        {
            OnFrame(datagram);
        }

        FinishTurn();
    }

    /// <summary>Something else happened: an answer, a delivery, a timer.</summary>
    public void Turn()
    {
        Volatile.Write(ref _isReady, 0);
        BeginTurn();
        FinishTurn();
    }

    /// <summary>The front stops; the node is told when it has a session.</summary>
    public void Stop() => Abandon();

    /// <inheritdoc/>
    protected override Span<byte> Enqueue(int size) => front.Enqueue(address, size);

    /// <inheritdoc/>
    protected override bool TryConnect(ListenerLimits limits) => limits.TryConnect(Now);

    /// <inheritdoc/>
    protected override bool KeepPace(Pace pace, int octets)
    {
        if (pace.IsSpent(Now))
        {
            return false;
        }

        pace.Take(octets, Now);
        return true;
    }

    /// <inheritdoc/>
    protected override bool WaitForMemory() => false;

    private void FinishTurn()
    {
        PumpDeliveries();
        EndTurn();
    }
}
