using System.Text;
using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Protocols.Coap.Codec;

namespace Edge.Protocols.Coap;

/// <content>Observations of topics, which are subscriptions, and their notifications (RFC 7641).</content>
public sealed partial class CoapPeer
{
    private readonly List<Observation> _observations = [];
    private uint _lastIdentifier;

    /// <inheritdoc/>
    public void OnSubscribed(CoapReply reply, ReadOnlySpan<SubscribeOutcome> outcomes, IPeerEffects<CoapReply> effects)
    {
        if (_pending.Find(pending => pending.Number == reply.Number) is not { } pending)
        {
            return;
        }

        var observation = _observations.Find(observation => observation.Filter == pending.Observed);
        if (outcomes[0] <= SubscribeOutcome.GrantedQos2 && observation is not null)
        {
            Complete(pending, Initial(observation, effects), effects);
            return;
        }

        if (observation is not null)
        {
            _observations.Remove(observation);
        }

        Complete(pending, outcomes[0] switch
        {
            SubscribeOutcome.FilterInvalid => Refusal(CoapCode.BadRequest, "invalid topic"),
            SubscribeOutcome.QuotaExceeded => Refusal(CoapCode.TooManyRequests, "a limit is reached") with { MaxAge = 60 },
            _ => Forbidden(),
        }, effects);
    }

    /// <inheritdoc/>
    public void OnUnsubscribed(CoapReply reply, ReadOnlySpan<bool> existed, IPeerEffects<CoapReply> effects)
    {
        if (_pending.Find(pending => pending.Number == reply.Number) is { } pending)
        {
            Complete(pending, Current(pending, effects), effects);
        }
    }

    /// <inheritdoc/>
    public void OnDelivery(in Delivery delivery, IPeerEffects<CoapReply> effects)
    {
        if (delivery.Kind == DeliveryKind.Release)
        {
            effects.Acknowledge(delivery.PacketId, Acknowledgement.PubComp); // The notification was acknowledged, and no copy of it follows.
            return;
        }

        var identifiers = delivery.SubscriptionIdentifiers ?? [];
        if (_observations.Find(observation => identifiers.Contains(observation.Identifier)) is not { } observation)
        {
            effects.Discard(delivery, DropCause.Refused); // It was on its way when the observation ended.
            return;
        }

        Notify(observation, delivery, effects);
    }

    private void Observe(PendingRequest pending, string topic, IPeerEffects<CoapReply> effects)
    {
        if (!TopicFilter.TryParse(topic, out var filter) || !TryGetQos(pending, out var qos))
        {
            Complete(pending, Refusal(CoapCode.BadRequest, "no such topic or qos"), effects);
            return;
        }

        // Asked for once more it is the same, perhaps by another Token (RFC 7641 §4.1).
        _observations.RemoveAll(observation => observation.Filter == filter);
        if (_observations.Count >= _options.MaxObservations)
        {
            Complete(pending, Refusal(CoapCode.TooManyRequests, "too many observations") with { MaxAge = 60 }, effects);
            return;
        }

        var observation = new Observation(++_lastIdentifier, filter, pending.Token);
        _observations.Add(observation);
        pending.Observed = filter;
        effects.Subscribe(
            [
                new Subscription
                {
                    Filter = filter,
                    MaximumQos = qos,
                    Identifier = observation.Identifier,
                    RetainHandling = observation.IsOfMany ? RetainHandling.Send : RetainHandling.DoNotSend, // That of one topic is in the answer.
                },
            ],
            new CoapReply(pending.Number));
    }

    private CoapResponse Initial(Observation observation, IPeerEffects<CoapReply> effects)
    {
        Message? retained = null;
        if (!observation.IsOfMany && TopicName.TryParse(observation.Filter.ToString(), out var topic))
        {
            effects.TryRead(topic, out retained);
        }

        return (retained is null ? new CoapResponse(CoapCode.Content) : ToContent(retained)) with { Observe = ++observation.Sequence };
    }

    private void Notify(Observation observation, in Delivery delivery, IPeerEffects<CoapReply> effects)
    {
        var message = delivery.Message!;
        if (observation.IsOfMany && !CanBeNamed(message.Topic))
        {
            effects.Discard(delivery, DropCause.Oversize);
            return;
        }

        observation.Sequence = (observation.Sequence + 1) & 0xFF_FFFF;
        observation.LastMessageId = NextMessageId();
        observation.Latest = observation.IsOfMany ? null : message;
        var response = ToContent(message) with
        {
            Observe = observation.Sequence,
            LocationPath = observation.IsOfMany ? [Topics, .. message.Topic.ToString().Split('/')] : null,
        };
        var isConfirmable = delivery.Qos != QualityOfService.AtMostOnce;
        var frame = Encode(isConfirmable ? CoapType.Confirmable : CoapType.NonConfirmable, observation.LastMessageId, observation.Token, response, null, wantsSize: false);
        if (!isConfirmable)
        {
            frame.CopyTo(effects.Send(frame.Length));
            return;
        }

        SendConfirmable(
            new OutgoingMessage
            {
                MessageId = observation.LastMessageId,
                Frame = frame,
                Draw = _random.NextDouble(),
                Observation = observation,
                PacketId = delivery.PacketId,
                IsExactlyOnce = delivery.Qos == QualityOfService.ExactlyOnce,
            },
            effects);
    }

    /// <summary>Whether a topic fits into Location-Path: no level is longer than an option may be (RFC 7252 §5.10.7), and all are no more than a datagram carries well.</summary>
    private static bool CanBeNamed(TopicName topic) =>
        Encoding.UTF8.GetByteCount(topic.ToString()) <= MaxPath && Array.TrueForAll(topic.ToString().Split('/'), level => Encoding.UTF8.GetByteCount(level) <= byte.MaxValue);

    private void Forget(Observation observation, IPeerEffects<CoapReply> effects)
    {
        _observations.Remove(observation);
        effects.Unsubscribe([observation.Filter], default);
    }
}
