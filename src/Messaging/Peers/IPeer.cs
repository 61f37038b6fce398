namespace Edge.Messaging.Peers;

/// <summary>One remote node's conversation: state and decisions, no sockets, clocks, tasks or logs.</summary>
/// <typeparam name="TReply">What the protocol must remember to answer a request later.</typeparam>
/// <remarks>
/// Not thread-safe: its loop hands it one event at a time. Answers to requests come back in the order the requests were made.
/// </remarks>
public interface IPeer<TReply>
{
    /// <summary>Whether the other side has shown that it receives at its address, or need not; else anybody may have spoken in its name.</summary>
    bool IsProven => true;

    /// <summary>Whether <see cref="OnDelivery"/> may be called now. False while connecting, or while the protocol allows nothing more outstanding.</summary>
    bool WantsDelivery { get; }

    /// <summary>The conversation begins: the first call, before any frame. For a peer that wants to hear something in time.</summary>
    void OnOpened(IPeerEffects<TReply> effects)
    {
    }

    /// <summary>One whole frame arrived. Whatever its octets, this does not throw.</summary>
    void OnFrame(ReadOnlySpan<byte> frame, IPeerEffects<TReply> effects);

    /// <summary>The broker answered <see cref="IPeerEffects{TReply}.Connect"/>.</summary>
    void OnConnected(ConnectOutcome outcome, IPeerEffects<TReply> effects);

    /// <summary>The broker answered a step of an authentication. Never called on a peer that asks for none.</summary>
    void OnAuthenticated(in AuthenticationStep answer, IPeerEffects<TReply> effects)
    {
    }

    /// <summary>The broker answered <see cref="IPeerEffects{TReply}.Publish"/>.</summary>
    void OnPublished(TReply reply, PublishOutcome outcome, IPeerEffects<TReply> effects);

    /// <summary>The broker answered <see cref="IPeerEffects{TReply}.Release"/>.</summary>
    /// <param name="reply">What was given along.</param>
    /// <param name="known">Whether the exchange had been open.</param>
    /// <param name="effects">Where to ask for what follows.</param>
    void OnReleased(TReply reply, bool known, IPeerEffects<TReply> effects);

    /// <summary>The broker answered <see cref="IPeerEffects{TReply}.Subscribe"/>, one outcome per subscription.</summary>
    void OnSubscribed(TReply reply, ReadOnlySpan<SubscribeOutcome> outcomes, IPeerEffects<TReply> effects);

    /// <summary>The broker answered <see cref="IPeerEffects{TReply}.Unsubscribe"/>: per filter whether there was a subscription.</summary>
    void OnUnsubscribed(TReply reply, ReadOnlySpan<bool> existed, IPeerEffects<TReply> effects);

    /// <summary>The broker answered <see cref="IPeerEffects{TReply}.Note"/>, <see cref="IPeerEffects{TReply}.Sleep"/> or <see cref="IPeerEffects{TReply}.ChangeWill"/>.</summary>
    /// <param name="reply">What was given along.</param>
    /// <param name="isAccepted">False when it is not permitted.</param>
    /// <param name="effects">Where to ask for what follows.</param>
    void OnKept(TReply reply, bool isAccepted, IPeerEffects<TReply> effects)
    {
    }

    /// <summary>Whether <see cref="OnDrained"/> is to be called.</summary>
    bool AwaitsDrain => false;

    /// <summary>Everything that waited in the session was given to <see cref="OnDelivery"/>, and acknowledged.</summary>
    void OnDrained(IPeerEffects<TReply> effects)
    {
    }

    /// <summary>The session has something to send.</summary>
    void OnDelivery(in Delivery delivery, IPeerEffects<TReply> effects);

    /// <summary>A timer armed before has run out.</summary>
    void OnTimer(PeerTimer timer, IPeerEffects<TReply> effects);

    /// <summary>The broker parted this connection from its session; say good-bye and close.</summary>
    void OnDetached(DetachReason reason, IPeerEffects<TReply> effects);

    /// <summary>The conversation is over, whoever ended it: lets go of what is shared with others. The last call.</summary>
    void OnClosed()
    {
    }
}
