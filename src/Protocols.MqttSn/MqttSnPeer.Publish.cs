using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Messaging.Wire;
using Edge.Protocols.MqttSn.Codec.V12;

namespace Edge.Protocols.MqttSn;

/// <content>Client's publish procedure, and publishing without a connection (MQTT-SN 1.2 §6.6 to §6.8).</content>
public sealed partial class MqttSnPeer
{
    /// <summary>MsgId of the last QoS 1 or 2 PUBLISH that the broker has not answered; 0 when it has.</summary>
    private ushort _unanswered;

    /// <summary>The QoS 2 exchange that the client began last, and the one that it ended last, for as long as a copy of it may be on its way.</summary>
    private Exchange _opened;
    private Exchange _released;

    /// <summary>Acknowledges when the broker has the message, and not before (§5.4.13).</summary>
    /// <inheritdoc/>
    public void OnPublished(MqttSnReply reply, PublishOutcome outcome, IPeerEffects<MqttSnReply> effects)
    {
        if (!IsCurrent(reply))
        {
            return;
        }

        if (reply.MsgId == _unanswered)
        {
            _unanswered = 0;
        }

        switch (outcome)
        {
            case PublishOutcome.Accepted or PublishOutcome.NoMatchingSubscribers or PublishOutcome.Repeated:
                Answer(reply, MqttSnReturnCode.Accepted, effects);
                break;
            case PublishOutcome.QuotaExceeded:
                Answer(reply, MqttSnReturnCode.Congestion, effects);
                break;
            case PublishOutcome.Detached:
                break; // The client will be told that it is no longer connected.
            default:
                Answer(reply, MqttSnReturnCode.NotSupported, effects);
                break;
        }
    }

    /// <inheritdoc/>
    public void OnReleased(MqttSnReply reply, bool known, IPeerEffects<MqttSnReply> effects)
    {
        // Also when it was not known: the client lost the first PUBCOMP.
        if (IsCurrent(reply))
        {
            Send(new PubComp(reply.MsgId), effects);
        }
    }

    private static void Answer(MqttSnReply reply, MqttSnReturnCode code, IPeerEffects<MqttSnReply> effects)
    {
        switch (reply.Qos, code)
        {
            case (MqttSnQos.MinusOne, _):
            case (MqttSnQos.AtMostOnce, MqttSnReturnCode.Accepted):
                break;
            case (MqttSnQos.ExactlyOnce, MqttSnReturnCode.Accepted):
                Send(new PubRec(reply.MsgId), effects);
                break;
            default:
                Send(new PubAck(reply.TopicId, reply.MsgId, code), effects);
                break;
        }
    }

    private static QualityOfService ToMqtt(MqttSnQos qos) => qos switch
    {
        MqttSnQos.AtLeastOnce => QualityOfService.AtLeastOnce,
        MqttSnQos.ExactlyOnce => QualityOfService.ExactlyOnce,
        _ => QualityOfService.AtMostOnce,
    };

    private static Message ToMessage(in Publish publish, TopicName topic) => new()
    {
        Topic = topic,
        Payload = publish.Data.ToArray(),
        Qos = ToMqtt(publish.Qos),
        Retain = publish.Retain,
    };

    private ParseError OnPublish(in Publish publish, IPeerEffects<MqttSnReply> effects)
    {
        if (publish.Qos == MqttSnQos.MinusOne)
        {
            return OnPublishMinusOne(publish, effects);
        }

        if (!IsActive)
        {
            return NotConnected(effects);
        }

        var reply = ReplyTo(publish);
        if (!TryResolve(publish.TopicIdType, publish.TopicId, out var topic))
        {
            Answer(reply, MqttSnReturnCode.InvalidTopicId, effects);
            return ParseError.OutOfSequence;
        }

        if (publish.Qos == MqttSnQos.ExactlyOnce)
        {
            var exchange = Exchange.Of(publish);
            if (publish.Dup && exchange == _released)
            {
                Answer(reply, MqttSnReturnCode.Accepted, effects);
                return ParseError.None; // A copy that PUBREL has overtaken.
            }

            _opened = exchange;
        }

        if (publish.Qos != MqttSnQos.AtMostOnce)
        {
            if (publish.Dup && publish.MsgId == _unanswered && publish.MsgId != 0)
            {
                return ParseError.None; // Sent again; the answer to the first is on its way.
            }

            _unanswered = publish.MsgId;
        }

        effects.Publish(ToMessage(publish, topic), publish.Qos == MqttSnQos.ExactlyOnce ? publish.MsgId : (ushort)0, reply);
        return ParseError.None;
    }

    /// <summary>QoS −1 (§6.8): a topic that needs no registration, no answer. A client that is connected publishes in its own name.</summary>
    private ParseError OnPublishMinusOne(in Publish publish, IPeerEffects<MqttSnReply> effects)
    {
        if ((!IsActive && !_options.AllowQosMinusOne)
            || publish.TopicIdType == TopicIdType.Normal
            || !TryResolve(publish.TopicIdType, publish.TopicId, out var topic))
        {
            return ParseError.OutOfSequence;
        }

        if (IsActive)
        {
            effects.Publish(ToMessage(publish, topic), packetId: 0, ReplyTo(publish));
        }
        else
        {
            effects.PublishWithoutSession(ToMessage(publish, topic));
        }

        return ParseError.None;
    }

    private ParseError OnPubRel(PubRel release, IPeerEffects<MqttSnReply> effects)
    {
        if (!IsActive)
        {
            return NotConnected(effects);
        }

        if (release.MsgId == _opened.MsgId)
        {
            _released = _opened;
            effects.Arm(PeerTimer.Progress, _options.RetryInterval);
        }

        effects.Release(release.MsgId, new MqttSnReply { MsgId = release.MsgId, Connection = _connection });
        return ParseError.None;
    }

    private MqttSnReply ReplyTo(in Publish publish) =>
        new() { TopicId = publish.TopicId, MsgId = publish.MsgId, Qos = publish.Qos, Connection = _connection };

    private bool TryResolve(TopicIdType type, ushort topicId, out TopicName topic) => type switch
    {
        TopicIdType.Predefined => _known.TryGetPredefined(topicId, out topic),
        TopicIdType.ShortName => _known.TryGetShortName(topicId, out topic),
        _ => Topics.TryGetName(topicId, out topic),
    };

    /// <summary>What tells a copy of a PUBLISH from another that uses its MsgId again.</summary>
    private readonly record struct Exchange(ushort MsgId, ushort TopicId, int Content)
    {
        public static Exchange Of(in Publish publish)
        {
            var content = new HashCode();
            content.AddBytes(publish.Data);
            return new Exchange(publish.MsgId, publish.TopicId, content.ToHashCode());
        }
    }
}
