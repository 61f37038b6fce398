using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Messaging.Wire;
using Edge.Protocols.MqttSn.Codec.V12;
using Edge.Protocols.MqttSn.Topics;

namespace Edge.Protocols.MqttSn;

/// <content>Gateway's publish procedure (MQTT-SN 1.2 §6.10): REGISTER if need be, then PUBLISH, then what its QoS asks for.</content>
public sealed partial class MqttSnPeer
{
    private readonly OutgoingExchanges _exchanges;

    /// <summary>Whether the timer runs for what is on its way to the client.</summary>
    private bool _isTimed;

    /// <inheritdoc/>
    public void OnDelivery(in Delivery delivery, IPeerEffects<MqttSnReply> effects)
    {
        if (!WantsDelivery)
        {
            throw new InvalidOperationException("A delivery came while none was wanted.");
        }

        Begin(_exchanges.Add(delivery), effects);
        GoOn(effects);
    }

    private void Begin(OutgoingExchange exchange, IPeerEffects<MqttSnReply> effects)
    {
        if (exchange.Delivery.Kind == DeliveryKind.Release)
        {
            SendPubRel(exchange, effects);
        }
        else
        {
            SendPublish(exchange, effects);
        }
    }

    private ParseError OnPubAck(PubAck answer, IPeerEffects<MqttSnReply> effects)
    {
        if (!MayAcknowledge)
        {
            return NotConnected(effects);
        }

        var exchange = _exchanges.Find(answer.MsgId) is { Awaited: Awaited.PubAck or Awaited.PubRec } found ? found : null;
        switch (answer.ReturnCode)
        {
            case MqttSnReturnCode.Accepted when exchange?.Awaited == Awaited.PubAck:
                effects.Acknowledge(answer.MsgId, Acknowledgement.PubAck);
                _exchanges.Remove(exchange);
                break;
            case MqttSnReturnCode.InvalidTopicId when exchange is { WasRegisteredAgain: false } && IsActive:
                exchange.WasRegisteredAgain = true;
                exchange.Delivery = exchange.Delivery with { Dup = true };
                exchange.Attempts = 0;
                BeginRegister(exchange, effects);
                break;
            case MqttSnReturnCode.InvalidTopicId when exchange is null:
                Doubt(answer.TopicId);
                break;
            case MqttSnReturnCode.Congestion when exchange is not null && IsActive:
                TryLater(exchange);
                break;
            case not MqttSnReturnCode.Accepted when exchange is not null && IsActive:
                GiveUp(exchange, DropCause.Refused, effects);
                break;
            default:
                return ParseError.OutOfSequence;
        }

        return ParseError.None;
    }

    private ParseError OnPubRec(PubRec answer, IPeerEffects<MqttSnReply> effects)
    {
        if (!MayAcknowledge)
        {
            return NotConnected(effects);
        }

        switch (_exchanges.Find(answer.MsgId))
        {
            case { Awaited: Awaited.PubRec } exchange:
                effects.Acknowledge(answer.MsgId, Acknowledgement.PubRec);
                _exchanges.Remove(exchange); // PUBREL follows as a delivery of its own.
                return ParseError.None;
            case { Awaited: Awaited.PubComp } when IsActive:
                Send(new PubRel(answer.MsgId), effects);
                return ParseError.None;
            default:
                return ParseError.OutOfSequence;
        }
    }

    private ParseError OnPubComp(PubComp answer, IPeerEffects<MqttSnReply> effects)
    {
        if (!MayAcknowledge)
        {
            return NotConnected(effects);
        }

        if (_exchanges.Find(answer.MsgId) is not { Awaited: Awaited.PubComp } exchange)
        {
            return ParseError.OutOfSequence;
        }

        effects.Acknowledge(answer.MsgId, Acknowledgement.PubComp);
        _exchanges.Remove(exchange);
        return ParseError.None;
    }

    private void SendPublish(OutgoingExchange exchange, IPeerEffects<MqttSnReply> effects)
    {
        var delivery = exchange.Delivery;
        var message = delivery.Message!;
        if (Publish.SizeWith(message.Payload.Length) > _options.MaxDatagramSize)
        {
            GiveUp(exchange, DropCause.Oversize, effects);
            return;
        }

        if (!TryGetTopicId(message.Topic, out var type, out var topicId))
        {
            BeginRegister(exchange, effects);
            return;
        }

        if (!Affords(Publish.SizeWith(message.Payload.Length) + RoomToAsk))
        {
            BeginRegister(exchange, effects, isQuestion: true);
            return;
        }

        var publish = new Publish
        {
            Dup = delivery.Dup,
            Qos = (MqttSnQos)delivery.Qos,
            Retain = delivery.Retain,
            TopicIdType = type,
            TopicId = topicId,
            MsgId = delivery.PacketId,
            Data = message.Payload.Span,
        };
        SendUnasked(publish, effects);
        switch (delivery.Qos)
        {
            case QualityOfService.AtLeastOnce:
                Await(Awaited.PubAck, exchange);
                break;
            case QualityOfService.ExactlyOnce:
                Await(Awaited.PubRec, exchange);
                break;
            default:
                _exchanges.Remove(exchange);
                break;
        }
    }

    private void SendPubRel(OutgoingExchange exchange, IPeerEffects<MqttSnReply> effects)
    {
        var isSent = SendUnasked(new PubRel(exchange.Delivery.PacketId), effects);
        Await(isSent ? Awaited.PubComp : Awaited.ItsTurn, exchange);
    }

    private static void Await(Awaited answer, OutgoingExchange exchange) => (exchange.Awaited, exchange.IsDue) = (answer, false);

    private void GiveUp(OutgoingExchange exchange, DropCause cause, IPeerEffects<MqttSnReply> effects)
    {
        effects.Discard(exchange.Delivery, cause);
        _exchanges.Remove(exchange);
    }

    /// <summary>The client is there but has no room: it is given time, and attempts do not count against it.</summary>
    private static void TryLater(OutgoingExchange exchange) => (exchange.Attempts, exchange.IsDue) = (0, false);

    /// <summary>Stops delivering. QoS 1 and 2 stay in the session; what waits at QoS 0 ends here.</summary>
    private void StopSending(IPeerEffects<MqttSnReply> effects)
    {
        while (_exchanges.Count > 0)
        {
            var exchange = _exchanges[0];
            if (exchange.Delivery is { Kind: DeliveryKind.Publish, Qos: QualityOfService.AtMostOnce } delivery)
            {
                effects.Discard(delivery, DropCause.Offline);
            }

            _exchanges.Remove(exchange);
        }

        _isTimed = false;
        effects.Disarm(PeerTimer.Retry);
    }

    /// <summary>How to name a topic to the client. What it registered or was told comes first: of a predefined id it may know nothing.</summary>
    private bool TryGetTopicId(TopicName topic, out TopicIdType type, out ushort topicId)
    {
        if (Topics.Contains(topic))
        {
            type = TopicIdType.Normal;
            return Topics.TryGetConfirmedId(topic, out topicId);
        }

        type = _known.TryGetPredefinedId(topic, out topicId) ? TopicIdType.Predefined : TopicIdType.ShortName;
        return type == TopicIdType.Predefined || KnownTopics.TryGetCharacters(topic, out topicId);
    }
}
