using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Messaging.Wire;
using Edge.Protocols.MqttSn.Codec.V12;
using Edge.Protocols.MqttSn.Topics;

namespace Edge.Protocols.MqttSn;

/// <content>Gateway's publish procedure (MQTT-SN 1.2 §6.10), one message at a time: REGISTER if need be, then PUBLISH, then what its QoS asks for.</content>
public sealed partial class MqttSnPeer
{
    /// <summary>What must come from the client before the next message may go to it.</summary>
    private Awaited _awaited;

    /// <summary>What is being delivered while something is awaited.</summary>
    private Delivery _delivery;

    private int _attempts;
    private bool _wasRegisteredAgain;

    private enum Awaited : byte
    {
        Nothing,
        RegAck,
        PubAck,
        PubRec,
        PubComp,
    }

    /// <inheritdoc/>
    public void OnDelivery(in Delivery delivery, IPeerEffects<MqttSnReply> effects)
    {
        if (!WantsDelivery)
        {
            throw new InvalidOperationException("A delivery came while none was wanted.");
        }

        _delivery = delivery;
        _attempts = 0;
        _wasRegisteredAgain = false;
        if (delivery.Kind == DeliveryKind.Release)
        {
            SendPubRel(effects);
        }
        else
        {
            SendPublish(effects);
        }
    }

    private ParseError OnPubAck(PubAck answer, IPeerEffects<MqttSnReply> effects)
    {
        if (!MayAcknowledge)
        {
            return NotConnected(effects);
        }

        var isAwaited = _awaited is Awaited.PubAck or Awaited.PubRec && answer.MsgId == _delivery.PacketId;
        switch (answer.ReturnCode)
        {
            case MqttSnReturnCode.Accepted when isAwaited && _awaited == Awaited.PubAck:
                effects.Acknowledge(answer.MsgId, Acknowledgement.PubAck);
                Done(effects);
                break;
            case MqttSnReturnCode.InvalidTopicId when isAwaited && !_wasRegisteredAgain && IsActive:
                _wasRegisteredAgain = true;
                _delivery = _delivery with { Dup = true };
                _attempts = 0;
                BeginRegister(effects);
                break;
            case MqttSnReturnCode.InvalidTopicId when !isAwaited:
                Doubt(answer.TopicId);
                break;
            case MqttSnReturnCode.Congestion when isAwaited && IsActive:
                TryLater(effects);
                break;
            case not MqttSnReturnCode.Accepted when isAwaited && IsActive:
                GiveUp(DropCause.Refused, effects);
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

        switch (_awaited)
        {
            case Awaited.PubRec when answer.MsgId == _delivery.PacketId:
                effects.Acknowledge(answer.MsgId, Acknowledgement.PubRec);
                Done(effects); // PUBREL follows as a delivery of its own.
                return ParseError.None;
            case Awaited.PubComp when answer.MsgId == _delivery.PacketId && IsActive:
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

        if (_awaited != Awaited.PubComp || answer.MsgId != _delivery.PacketId)
        {
            return ParseError.OutOfSequence;
        }

        effects.Acknowledge(answer.MsgId, Acknowledgement.PubComp);
        Done(effects);
        return ParseError.None;
    }

    private void SendPublish(IPeerEffects<MqttSnReply> effects)
    {
        var message = _delivery.Message!;
        if (Publish.SizeWith(message.Payload.Length) > _options.MaxDatagramSize)
        {
            GiveUp(DropCause.Oversize, effects);
            return;
        }

        if (!TryGetTopicId(message.Topic, out var type, out var topicId))
        {
            BeginRegister(effects);
            return;
        }

        var publish = new Publish
        {
            Dup = _delivery.Dup,
            Qos = (MqttSnQos)_delivery.Qos,
            Retain = _delivery.Retain,
            TopicIdType = type,
            TopicId = topicId,
            MsgId = _delivery.PacketId,
            Data = message.Payload.Span,
        };
        Send(publish, effects);
        switch (_delivery.Qos)
        {
            case QualityOfService.AtLeastOnce:
                Await(Awaited.PubAck, effects);
                break;
            case QualityOfService.ExactlyOnce:
                Await(Awaited.PubRec, effects);
                break;
            default:
                Done(effects);
                break;
        }
    }

    private void SendPubRel(IPeerEffects<MqttSnReply> effects)
    {
        Send(new PubRel(_delivery.PacketId), effects);
        Await(Awaited.PubComp, effects);
    }

    private void SendAgain(IPeerEffects<MqttSnReply> effects)
    {
        switch (_awaited)
        {
            case Awaited.RegAck:
                SendRegister(effects);
                break;
            case Awaited.PubComp:
                SendPubRel(effects);
                break;
            default:
                _delivery = _delivery with { Dup = true };
                SendPublish(effects);
                break;
        }
    }

    private void Await(Awaited answer, IPeerEffects<MqttSnReply> effects)
    {
        _awaited = answer;
        effects.Arm(PeerTimer.Retry, _options.RetryInterval);
    }

    private void Done(IPeerEffects<MqttSnReply> effects)
    {
        _delivery = default;
        if (_awaited != Awaited.Nothing)
        {
            _awaited = Awaited.Nothing;
            effects.Disarm(PeerTimer.Retry);
        }
    }

    private void GiveUp(DropCause cause, IPeerEffects<MqttSnReply> effects)
    {
        effects.Discard(_delivery, cause);
        Done(effects);
    }

    /// <summary>The client is there but has no room: it is given time, and attempts do not count against it.</summary>
    private void TryLater(IPeerEffects<MqttSnReply> effects)
    {
        _attempts = 0;
        effects.Arm(PeerTimer.Retry, _options.RetryInterval);
    }

    /// <summary>Stops delivering. QoS 1 and 2 stay in the session; what waits at QoS 0 ends here.</summary>
    private void StopSending(IPeerEffects<MqttSnReply> effects)
    {
        if (_awaited == Awaited.RegAck && _delivery.Qos == QualityOfService.AtMostOnce)
        {
            effects.Discard(_delivery, DropCause.Offline);
        }

        _awaited = Awaited.Nothing;
        _delivery = default;
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
