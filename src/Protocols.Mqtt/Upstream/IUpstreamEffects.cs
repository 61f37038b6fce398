using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Protocols.Mqtt.Codec;

namespace Edge.Protocols.Mqtt.Upstream;

/// <summary>What <see cref="MqttUpstream"/> asks of the world. Its loop carries it out, in the order asked.</summary>
/// <remarks>The client's counterpart of <see cref="IPeerEffects{TReply}"/>: the same words where they mean the same.</remarks>
public interface IUpstreamEffects
{
    /// <summary>Room for one outgoing frame, to be filled before the next call of any effect.</summary>
    /// <param name="size">Octets of the frame, all of which must be written.</param>
    Span<byte> Send(int size);

    /// <summary>
    /// Upstream took us. Attach to the broker's session, with no more in flight than <see cref="UpstreamTerms.ReceiveMaximum"/>, then
    /// call <see cref="MqttUpstream.OnAttached"/>; frames wait until then.
    /// </summary>
    void Accepted(UpstreamTerms terms);

    /// <summary>Hands a message from upstream on, which is answered through <see cref="MqttUpstream.OnPublished"/>, at QoS 0 too.</summary>
    /// <param name="message">The message, under its topic upstream; its payload is owned by now.</param>
    /// <param name="subscriptionIdentifier">Lowest identifier of the subscriptions it came by; 0 when upstream told none.</param>
    /// <param name="packetId">Packet Identifier at QoS 2, else 0.</param>
    /// <param name="reply">Given back with the answer.</param>
    void Publish(Message message, uint subscriptionIdentifier, ushort packetId, MqttReply reply);

    /// <summary>
    /// Counts a message from upstream that is larger than we take and is passed over; answered through <see cref="MqttUpstream.OnPublished"/>
    /// as if it had been accepted, in its turn.
    /// </summary>
    void PassOver(TopicName topic, MqttReply reply);

    /// <summary>Ends an incoming QoS 2 exchange; answered through <see cref="MqttUpstream.OnReleased"/>.</summary>
    void Release(ushort packetId, MqttReply reply);

    /// <summary>Passes on what upstream acknowledged.</summary>
    void Acknowledge(ushort packetId, Acknowledgement acknowledgement);

    /// <summary>Gives up a delivery, and counts it.</summary>
    /// <param name="delivery">The delivery.</param>
    /// <param name="cause">Why.</param>
    /// <param name="reason">What upstream said, if it refused it; else <see cref="ReasonCode.Success"/>.</param>
    void Discard(in Delivery delivery, DropCause cause, ReasonCode reason);

    /// <summary>Tells that upstream did not take a delivery now, and that it will be sent again.</summary>
    void Postponed(in Delivery delivery, ReasonCode reason);

    /// <summary>Tells that upstream refused a subscription.</summary>
    void SubscriptionRefused(Subscription subscription, ReasonCode reason);

    /// <summary>Arms a timer; one already running of that kind starts anew. Cheap enough for every frame.</summary>
    void Arm(PeerTimer timer, TimeSpan due);

    /// <summary>Stops a timer.</summary>
    void Disarm(PeerTimer timer);

    /// <summary>The conversation is over: close the connection after what was sent has left.</summary>
    void Close(UpstreamEnd outcome);
}
