using Edge.Messaging.Wire;

namespace Edge.Messaging.Peers;

/// <summary>What a peer asks of the world. Its loop carries it out, in the order asked.</summary>
/// <typeparam name="TReply">Given back with the broker's answer.</typeparam>
public interface IPeerEffects<TReply>
{
    /// <summary>Room for one outgoing frame, to be filled before the next call of any effect.</summary>
    /// <param name="size">Octets of the frame, all of which must be written.</param>
    Span<byte> Send(int size);

    /// <summary>Asks the broker for a session; frames that arrive before <see cref="IPeer{TReply}.OnConnected"/> wait (stream) or are dropped (datagrams).</summary>
    /// <remarks>A session that the peer already has is parted from first. Its Will is forgotten: the client is there, and connects anew.</remarks>
    void Connect(ConnectRequest request);

    /// <summary>
    /// Begins to authenticate a client in several steps, each answered through <see cref="IPeer{TReply}.OnAuthenticated"/>. Frames keep
    /// coming. After <see cref="AuthenticationOutcome.Success"/> the same request may <see cref="Connect"/> as who was proved.
    /// </summary>
    /// <param name="request">Who comes and on what terms.</param>
    /// <param name="method">Authentication Method.</param>
    /// <param name="data">What the client said first; owned by now.</param>
    void Authenticate(ConnectRequest request, string method, ReadOnlyMemory<byte> data);

    /// <summary>Begins to authenticate the client of the session anew; answered likewise.</summary>
    void Reauthenticate(string method, ReadOnlyMemory<byte> data);

    /// <summary>Goes on with what the client said next; answered likewise.</summary>
    void ContinueAuthentication(ReadOnlyMemory<byte> data);

    /// <summary>Hands a message to the broker, which answers through <see cref="IPeer{TReply}.OnPublished"/>, at QoS 0 too.</summary>
    /// <param name="message">The message; its payload is owned by now.</param>
    /// <param name="packetId">Packet Identifier at QoS 2, else 0.</param>
    /// <param name="reply">Given back with the answer.</param>
    void Publish(Message message, ushort packetId, TReply reply);

    /// <summary>Publishes for a node that has no session (MQTT-SN QoS −1); nobody is answered.</summary>
    void PublishWithoutSession(Message message);

    /// <summary>Ends an incoming QoS 2 exchange; answered through <see cref="IPeer{TReply}.OnReleased"/>.</summary>
    void Release(ushort packetId, TReply reply);

    /// <summary>Subscribes; answered through <see cref="IPeer{TReply}.OnSubscribed"/>.</summary>
    void Subscribe(IReadOnlyList<Subscription> subscriptions, TReply reply);

    /// <summary>Unsubscribes; answered through <see cref="IPeer{TReply}.OnUnsubscribed"/>.</summary>
    void Unsubscribe(IReadOnlyList<TopicFilter> filters, TReply reply);

    /// <summary>Reads the retained message of a topic. See <see cref="IBrokerSession.TryRead"/>.</summary>
    bool TryRead(TopicName topic, out Message? message);

    /// <summary>Has the session keep a note; answered through <see cref="IPeer{TReply}.OnKept"/>. See <see cref="IBrokerSession.NoteAsync"/>.</summary>
    void Note(ReadOnlyMemory<byte> note, TReply reply);

    /// <summary>The client goes to sleep; answered likewise. See <see cref="IBrokerSession.SleepAsync"/>.</summary>
    void Sleep(TimeSpan longest, TimeSpan sessionExpiry, TReply reply);

    /// <summary>Gives the session another Will, or none; answered likewise.</summary>
    void ChangeWill(WillMessage? will, TReply reply);

    /// <summary>
    /// The frame at hand is from another node, which has this one's address now: a new peer gets the address and the frame. What this one
    /// sends from here on reaches nobody.
    /// </summary>
    void GiveWay();

    /// <summary>Passes on what the receiver acknowledged.</summary>
    /// <returns>Whether such an exchange is under way.</returns>
    bool Acknowledge(ushort packetId, Acknowledgement acknowledgement);

    /// <summary>Gives up a delivery, and counts it.</summary>
    void Discard(in Delivery delivery, DropCause cause);

    /// <summary>Arms a timer; one already running of that kind starts anew. Cheap enough for every frame.</summary>
    void Arm(PeerTimer timer, TimeSpan due);

    /// <summary>Stops a timer.</summary>
    void Disarm(PeerTimer timer);

    /// <summary>Counts a frame that was not taken, and why. The conversation goes on unless it also closes.</summary>
    void Refuse(ParseError reason, int octets);

    /// <summary>Parts from the session; the conversation goes on without one, until it asks for another. What was asked of the session is still answered.</summary>
    /// <param name="publishWill">False when the client said good-bye.</param>
    void Part(bool publishWill);

    /// <summary>Parts from the session and closes the connection after what was sent has left.</summary>
    /// <param name="publishWill">False when the client said good-bye.</param>
    /// <param name="sessionExpiry">New Session Expiry Interval, or null to leave it.</param>
    void Close(bool publishWill, TimeSpan? sessionExpiry = null);
}
