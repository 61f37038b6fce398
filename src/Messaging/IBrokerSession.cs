namespace Edge.Messaging;

/// <summary>One connection's hold on its session: the only way into the broker, and by <see cref="Take"/> the only way out.</summary>
/// <remarks>
/// Safe for one caller at a time. Once parted from its session (taken over, disconnected) every call is harmless:
/// publishes answer <see cref="PublishOutcome.Detached"/>, the others do nothing.
/// </remarks>
public interface IBrokerSession
{
    /// <summary>The ClientId, also where the broker assigned it.</summary>
    string ClientId { get; }

    /// <summary>How long the session outlives this connection, after the broker's limit.</summary>
    TimeSpan SessionExpiry { get; }

    /// <summary>Subscriptions as they are now.</summary>
    IReadOnlyCollection<Subscription> Subscriptions { get; }

    /// <summary>Begins to have the client prove once more that it is who it was; meanwhile everything goes on.</summary>
    /// <param name="method">Authentication Method.</param>
    /// <returns>The exchange; null when the method is not offered.</returns>
    IAuthenticationExchange? BeginReauthentication(string method) => null;

    /// <summary>Routes in the order of calls. Never waits for a network.</summary>
    /// <param name="message">The message; its <see cref="Message.Origin"/> is set by the session.</param>
    /// <param name="packetId">Packet Identifier at QoS 2, kept until <see cref="ReleaseAsync"/>; else 0.</param>
    /// <returns>
    /// At QoS 1 and 2 completes when every durable receiver has the message on disk or has acknowledged it. At any QoS it may take a moment
    /// (100 ms at most) while a connected receiver falls behind; a publisher that waits for it does not overrun that receiver.
    /// </returns>
    ValueTask<PublishOutcome> PublishAsync(Message message, ushort packetId = 0);

    /// <summary>Ends an incoming QoS 2 exchange (PUBREL): its Packet Identifier may be used again.</summary>
    /// <returns>False when no such exchange was open. Completes when a restart would not bring it back.</returns>
    ValueTask<bool> ReleaseAsync(ushort packetId);

    /// <summary>Makes or replaces subscriptions, in order; retained messages follow as deliveries.</summary>
    /// <returns>One outcome per subscription; completes when a durable session's subscriptions are on disk.</returns>
    ValueTask<SubscribeOutcome[]> SubscribeAsync(IReadOnlyList<Subscription> subscriptions);

    /// <summary>Ends subscriptions.</summary>
    /// <returns>Per filter whether there was one; completes when it is on disk.</returns>
    ValueTask<bool[]> UnsubscribeAsync(IReadOnlyList<TopicFilter> filters);

    /// <summary>Reads the retained message of a topic, as a subscription would bring it.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="message">The message; null when there is none.</param>
    /// <returns>False when the client may not subscribe to the topic.</returns>
    bool TryRead(TopicName topic, out Message? message);

    /// <summary>What the client's protocol noted for itself; empty when that is nothing. Means nothing to the broker, and goes where the session goes.</summary>
    ReadOnlyMemory<byte> Note { get; }

    /// <summary>Whether nothing waits for the client, in memory or on disk, or is in flight to it.</summary>
    bool IsDrained { get; }

    /// <summary>Replaces the note.</summary>
    /// <returns>Completes when it is kept as the session is.</returns>
    ValueTask<bool> NoteAsync(ReadOnlyMemory<byte> note);

    /// <summary>
    /// The client goes to sleep: its front goes on to hold the session, and takes what waits when the client asks for it. What waits is on
    /// disk from here on, whether the session was kept before or not.
    /// </summary>
    /// <param name="longest">How long a restart of the gateway waits for the client to be heard again before it counts as lost, with its Will.</param>
    /// <param name="sessionExpiry">New Session Expiry Interval; not cut, and no less than <paramref name="longest"/>.</param>
    /// <returns>Completes when a restart would find the client asleep.</returns>
    ValueTask<bool> SleepAsync(TimeSpan longest, TimeSpan sessionExpiry);

    /// <summary>Gives the session another Will, or none.</summary>
    /// <returns>Completes when it is kept as the session is; false when the client may not have it.</returns>
    ValueTask<bool> ChangeWillAsync(WillMessage? will);

    /// <summary>Takes what waits to be sent, oldest first, as far as the in-flight window goes. Does not block.</summary>
    /// <returns>How many were written to <paramref name="deliveries"/>. Less than its length: the sink is told when there is more.</returns>
    int Take(Span<Delivery> deliveries);

    /// <summary>Passes on what the receiver acknowledged.</summary>
    /// <returns>Whether such an exchange is under way; otherwise nothing is done.</returns>
    bool Acknowledge(ushort packetId, Acknowledgement acknowledgement);

    /// <summary>Gives up a delivery that can never be sent or was refused, and counts it.</summary>
    void Discard(in Delivery delivery, DropCause cause);

    /// <summary>Parts the connection from its session.</summary>
    /// <param name="publishWill">False when the client said good-bye: the Will is then forgotten ([MQTT-3.14.4-3]).</param>
    /// <param name="sessionExpiry">New Session Expiry Interval, or null to leave it.</param>
    void Disconnect(bool publishWill, TimeSpan? sessionExpiry = null);
}
