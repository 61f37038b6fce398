using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Transports;

namespace Edge.Gateway.Fronts;

/// <summary>One node at one address of a link. The link's front gives it its turns.</summary>
internal sealed class DatagramDriver<TReply>(
    IPeer<TReply> peer, FrontServices services, ListenerLimits limits, LinkAddress address, DatagramFront<TReply> front)
    : PeerDriver<TReply>(peer, services, limits, address.ToString())
{
    private int _isReady;

    /// <summary>Where its place among the clients of an address is; it keeps that when it moves.</summary>
    private LinkAddress _entered;

    /// <summary>Where the node is.</summary>
    public LinkAddress Address { get; private set; } = address;

    /// <summary>Whether another node has the address now. This one lives on while its session or a timer knows it; it gets no deliveries, and what it sends reaches nobody.</summary>
    public bool HasGivenWay { get; private set; }

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => IsClosed;

    /// <summary>The node's conversation.</summary>
    public IPeer<TReply> Conversation => Peer;

    /// <summary>Whether the front has nothing to do with it any more.</summary>
    public bool IsOver => IsClosed || HasGivenWay;

    /// <summary>Whether there is nothing to remember: no session, none on the way, no step of the conversation awaited.</summary>
    public bool IsForgettable => IsOver || (Session is null && !IsConnecting && !IsAnyTimerArmed);

    /// <summary>For the front: whether what comes from its address goes to it.</summary>
    public bool IsRemembered { get; set; }

    /// <summary>For the front: whether it is among those that are remembered for a while all the same.</summary>
    public bool IsPassingBy { get; set; }

    /// <summary>For the front: its place among those without a session; null when it is none of them.</summary>
    public LinkedListNode<DatagramDriver<TReply>>? Stranger { get; set; }

    /// <summary>For the front: whether it is among those that may be found again at another address.</summary>
    public bool IsFindable { get; set; }

    /// <summary>Whether the broker has yet to give it a session.</summary>
    public bool IsWaiting => IsConnecting;

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

    /// <summary>A datagram came from the node, or from another that has its address now: see <see cref="HasGivenWay"/>.</summary>
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

    /// <inheritdoc/>
    public override void GiveWay() => HasGivenWay = true;

    /// <summary>The node was heard from another address, and shows that it is the same.</summary>
    public void MoveTo(LinkAddress address) => (Address, HasGivenWay) = (address, false);

    /// <summary>Ends the conversation without a word.</summary>
    public void Stop() => Abandon();

    /// <inheritdoc/>
    /// <remarks>What is for a node that has lost its address waits for it in its session: sent, it would reach nobody, uncounted at QoS 0.</remarks>
    protected override bool MaySend => !HasGivenWay;

    /// <inheritdoc/>
    protected override Span<byte> Enqueue(int size) => HasGivenWay ? new byte[size] : front.Enqueue(Address, size);

    /// <inheritdoc/>
    protected override string? User => front.UserAt(Address);

    /// <inheritdoc/>
    protected override ConnectRequest Identify(ConnectRequest request) => front.Identify(request, Address);

    /// <inheritdoc/>
    protected override bool TryConnect(ListenerLimits limits) => limits.TryConnect(Now);

    /// <summary>For the front: whether it has one of the places of those that have not shown that they receive.</summary>
    public bool HasUnprovenPlace { get; set; }

    /// <inheritdoc/>
    protected override bool TryEnterUnproven() => front.TryEnterUnproven(this);

    /// <inheritdoc/>
    protected override bool TryEnter(ConnectRequest request)
    {
        _entered = Address;
        return Limits.ClientsOfAddress?.TryEnter(_entered, request, Services.Broker) ?? true;
    }

    /// <inheritdoc/>
    protected override void LeaveAddress() => Limits.ClientsOfAddress?.Leave(_entered);

    /// <inheritdoc/>
    protected override bool MayPublishWithoutSession() => front.Unconnected?.Admits(Address, Now) ?? true;

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
