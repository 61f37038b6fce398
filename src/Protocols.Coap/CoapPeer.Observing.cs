using System.Text;
using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Protocols.Coap.Codec;
using Edge.Protocols.Coap.Transfer;

namespace Edge.Protocols.Coap;

/// <content>Observations of topics, which are subscriptions, and their notifications (RFC 7641).</content>
public sealed partial class CoapPeer
{
    /// <summary>One step of the order of notifications: their 24 bits go round in no less than 256 seconds (RFC 7641 §3.4).</summary>
    private const long StepTicks = 16 * TimeSpan.TicksPerMicrosecond;

    /// <summary>Notifications that a Reset may still be about.</summary>
    private const int MaxTold = 16;

    private readonly List<Observation> _observations = [];

    /// <summary>Message IDs of the latest notifications.</summary>
    private readonly List<(ushort MessageId, Observation Observation)> _told = [];
    private uint _lastIdentifier;
    private long _lastStep;

    /// <inheritdoc/>
    public void OnSubscribed(CoapReply reply, ReadOnlySpan<SubscribeOutcome> outcomes, IPeerEffects<CoapReply> effects)
    {
        if (PendingOf(reply) is not { Observation: { } observation } pending)
        {
            return;
        }

        var isGranted = outcomes[0] <= SubscribeOutcome.GrantedQos2;
        if (isGranted && _observations.Contains(observation))
        {
            Complete(pending, Initial(observation, effects), effects);
            AskForProof(effects);
            return;
        }

        _observations.Remove(observation);
        Complete(pending, outcomes[0] switch
        {
            _ when isGranted => Refusal(CoapCode.ServiceUnavailable, "the session has ended"),
            SubscribeOutcome.FilterInvalid => Refusal(CoapCode.BadRequest, "invalid topic"),
            SubscribeOutcome.QuotaExceeded => Refusal(CoapCode.TooManyRequests, "a limit is reached") with { MaxAge = 60 },
            _ => Forbidden(),
        }, effects);
    }

    /// <inheritdoc/>
    public void OnUnsubscribed(CoapReply reply, ReadOnlySpan<bool> existed, IPeerEffects<CoapReply> effects)
    {
        if (PendingOf(reply) is { } pending)
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
        if (identifiers.Contains(RequestsIdentifier))
        {
            Ask(delivery, effects);
            return;
        }

        var isTold = false;
        foreach (var observation in _observations)
        {
            if (identifiers.Contains(observation.Identifier))
            {
                // Each observation is told of what it is of (RFC 7641 §1.2); the exchange with the broker goes by the first.
                Notify(observation, isTold ? delivery with { PacketId = 0 } : delivery, effects);
                isTold = true;
            }
        }

        if (!isTold)
        {
            effects.Discard(delivery, DropCause.Refused); // It was on its way when the observation ended.
        }
    }

    private void Observe(PendingRequest pending, string topic, IPeerEffects<CoapReply> effects)
    {
        if (topic == RequestTopic(_identity!.ClientId))
        {
            Complete(pending, Refusal(CoapCode.Forbidden, "requests come by themselves"), effects);
            return;
        }

        if (!TopicFilter.TryParse(topic, out var filter) || !TryGetQos(pending, out var qos))
        {
            Complete(pending, Refusal(CoapCode.BadRequest, "no such topic or qos"), effects);
            return;
        }

        var isEveryMessageWanted = pending.Request.ValueOf("qos", "q") is not null;
        if (_observations.Find(observation => observation.Filter == filter) is { } known)
        {
            var isByAnother = !known.Token.AsSpan().SequenceEqual(pending.Token);
            if (isByAnother)
            {
                known.FormerToken = known.Token;
                _told.RemoveAll(told => told.Observation == known); // A Reset of what went by the former Token ends nothing.
            }

            (known.Token, known.Wanted) = (pending.Token, pending.Request.Block2);
            if (known.Qos == qos && known.LatestWins == !(known.IsOfMany || isEveryMessageWanted))
            {
                // Asked for once more it is the same, perhaps by another Token (RFC 7641 §4.1).
                Complete(pending, Initial(known, effects), effects);
                if (isByAnother)
                {
                    TellAnew(known, effects);
                }

                return;
            }

            _observations.Remove(known);
        }

        if (_observations.Count >= Options.MaxObservations)
        {
            Complete(pending, Refusal(CoapCode.TooManyRequests, "too many observations") with { MaxAge = 60 }, effects);
            return;
        }

        var observation = new Observation(++_lastIdentifier, filter, qos, isEveryMessageWanted)
        {
            Token = pending.Token,
            Wanted = pending.Request.Block2,
            IsWithoutRetained = pending.Request.ValueOf("rh", "rh") == "2",
        };
        _observations.Add(observation);
        pending.Observation = observation;
        effects.Subscribe(
            [
                new Subscription
                {
                    Filter = filter,
                    MaximumQos = qos,
                    Identifier = observation.Identifier,
                    NoLocal = pending.Request.ValueOf("nl", "nl") is "1" or "true",
                    RetainHandling = observation is { IsOfMany: true, IsWithoutRetained: false } ? RetainHandling.Send : RetainHandling.DoNotSend, // That of one topic is in the answer.
                },
            ],
            new CoapReply(pending.Number));
    }

    private CoapResponse Initial(Observation observation, IPeerEffects<CoapReply> effects)
    {
        Message? retained = null;
        if (observation is { IsOfMany: false, IsWithoutRetained: false } && TopicName.TryParse(observation.Filter.ToString(), out var topic))
        {
            effects.TryRead(topic, out retained);
        }

        return retained is null ? new CoapResponse(CoapCode.Content) { Observe = NextStep() } : ToNotification(retained, observation);
    }

    /// <summary>What an observer is told. It says nothing of its age but when the message expires: after a minute without news (§5.10.5) a client may ask again, and so finds a gateway that was away.</summary>
    private CoapResponse ToNotification(Message message, Observation observation) => ToContent(message) with
    {
        Observe = NextStep(),
        MaxAge = message.ExpiresAt is null ? null : AgeOf(message),
        ETag = message.Payload.Length > Block.SizeOf(ExponentFor(observation.Wanted, _isProven ? Block.MaxSizeExponent : 0)) ? TagOf(message) : null, // So that blocks of another message are told from the rest of this one.
    };

    private void Notify(Observation observation, in Delivery delivery, IPeerEffects<CoapReply> effects)
    {
        var message = delivery.Message!;
        if (observation.IsOfMany && !CanBeNamed(message.Topic))
        {
            effects.Discard(delivery, DropCause.Oversize);
            return;
        }

        var messageId = NextMessageId();
        var isConfirmable = IsConfirmable(observation, delivery.Qos);
        var frame = EncodeNotification(isConfirmable ? CoapType.Confirmable : CoapType.NonConfirmable, messageId, observation, message);
        Tell(messageId, observation);
        if (!isConfirmable)
        {
            frame.CopyTo(effects.Send(frame.Length));
            if (delivery.PacketId != 0)
            {
                effects.Acknowledge(delivery.PacketId, delivery.Qos == QualityOfService.ExactlyOnce ? Acknowledgement.PubRec : Acknowledgement.PubAck);
            }

            return;
        }

        observation.IsInDoubt = false;
        if (observation.LatestWins && WaitingFor(observation) is { } earlier)
        {
            Replace(earlier, messageId, frame, delivery, effects);
            return;
        }

        SendConfirmable(
            new OutgoingMessage { MessageId = messageId, Frame = frame, Draw = _server.Random.NextDouble(), Observation = observation, Delivery = delivery }, effects);
    }

    /// <summary>The notification of an observation that is not acknowledged yet.</summary>
    private OutgoingMessage? WaitingFor(Observation observation) => _outgoing.Find(message => message.Observation == observation);

    /// <summary>Remembers by which message an observation was told of.</summary>
    private void Tell(ushort messageId, Observation observation)
    {
        if (_told.Count == MaxTold)
        {
            _told.RemoveAt(0);
        }

        _told.Add((messageId, observation));
    }

    private byte[] EncodeNotification(CoapType type, ushort messageId, Observation observation, Message message)
    {
        var response = ToNotification(message, observation) with { LocationPath = observation.IsOfMany ? [Topics, .. message.Topic.ToString().Split('/')] : null };
        if (IsBegun(response, observation.Wanted, Block.MaxSizeExponent))
        {
            Keep($"{Topics}/{observation.Filter}", response);
        }

        return Encode(type, messageId, observation.Token, response, observation.Wanted, wantsSize: false, Block.MaxSizeExponent);
    }

    /// <summary>What was not acknowledged goes by the Token that is known now: who has forgotten the one before would answer by a Reset.</summary>
    private void TellAnew(Observation observation, IPeerEffects<CoapReply> effects)
    {
        foreach (var message in _outgoing.Where(message => message.Observation == observation))
        {
            message.MessageId = NextMessageId();
            message.Frame = EncodeNotification(CoapType.Confirmable, message.MessageId, observation, message.Delivery.Message!);
            Tell(message.MessageId, observation);
            if (message == _outgoing[0])
            {
                message.Attempt = 0;
                Transmit(message, effects);
            }
        }
    }

    private bool IsConfirmable(Observation observation, QualityOfService qos) => observation.IsInDoubt || Options.Notify switch
    {
        NotificationType.Confirmable => true,
        NotificationType.NonConfirmable => false,
        _ => qos != QualityOfService.AtMostOnce,
    };

    /// <summary>A later value takes the place of one that was not acknowledged: it goes out when that would have been sent again, as often as that was still to be (RFC 7641 §4.5.2).</summary>
    private void Replace(OutgoingMessage earlier, ushort messageId, byte[] frame, in Delivery delivery, IPeerEffects<CoapReply> effects)
    {
        Discard(earlier, DropCause.Superseded, effects);
        if (earlier == _outgoing[0])
        {
            earlier.ReplacedMessageId ??= earlier.MessageId;
        }

        (earlier.MessageId, earlier.Frame, earlier.Delivery) = (messageId, frame, delivery);
    }

    /// <summary>Place of a notification in the order of all, by the time, so that it goes on over observations that are asked for anew.</summary>
    private uint NextStep()
    {
        _lastStep = Math.Max(_lastStep + 1, _server.Clock.GetElapsedTime(0).Ticks / StepTicks);
        return (uint)(_lastStep & 0xFF_FFFF);
    }

    /// <summary>Whether a topic fits into Location-Path: no level is longer than an option may be (RFC 7252 §5.10.7), and all are no more than a datagram carries well.</summary>
    private static bool CanBeNamed(TopicName topic) =>
        Encoding.UTF8.GetByteCount(topic.ToString()) <= MaxPath && Array.TrueForAll(topic.ToString().Split('/'), level => Encoding.UTF8.GetByteCount(level) <= byte.MaxValue);

    /// <summary>Ends an observation; what waits to be told of it is given up.</summary>
    private void Forget(Observation observation, IPeerEffects<CoapReply> effects, CoapReply reply = default)
    {
        _told.RemoveAll(told => told.Observation == observation);
        if (!_observations.Remove(observation))
        {
            return; // It was asked for anew with another QoS, and goes on.
        }

        for (var index = _outgoing.Count - 1; index > 0; index--)
        {
            if (_outgoing[index].Observation == observation)
            {
                Discard(_outgoing[index], DropCause.Refused, effects);
                _outgoing.RemoveAt(index);
            }
        }

        effects.Unsubscribe([observation.Filter], reply);
    }
}
