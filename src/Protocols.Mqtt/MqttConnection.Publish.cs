using Edge.Messaging;
using Edge.Messaging.Wire;
using Edge.Protocols.Mqtt.Codec;
using Effects = Edge.Messaging.Peers.IPeerEffects<Edge.Protocols.Mqtt.MqttReply>;

namespace Edge.Protocols.Mqtt;

/// <summary>The client publishes (MQTT 5.0 §3.3, §4.3).</summary>
public sealed partial class MqttConnection
{
    private readonly TopicCache _topics = new();
    private HashSet<ushort>? _unanswered;
    private Dictionary<uint, TopicName>? _aliasesIn;

    /// <inheritdoc/>
    public void OnPublished(MqttReply reply, PublishOutcome outcome, Effects effects)
    {
        if (_state != State.Connected || reply.Type == PacketType.Reserved || outcome == PublishOutcome.Detached)
        {
            return;
        }

        var reason = ToReasonCode(outcome);
        if (_version != MqttVersion.Mqtt5)
        {
            // There is no way to say no before MQTT 5.0. What will never be permitted is acknowledged, and counted by the broker, so that the
            // client does not try for ever (MQTT 3.1.1 [MQTT-3.3.5-2], as mosquitto does); what may go well later ends the connection unacknowledged.
            if (outcome == PublishOutcome.QuotaExceeded)
            {
                End(reason, null, effects);
                return;
            }

            reason = ReasonCode.Success;
        }

        if (reply.Type == PacketType.PubAck || reason >= ReasonCode.UnspecifiedError)
        {
            _unanswered?.Remove(reply.PacketId);
        }

        SendAck(reply.Type, reply.PacketId, reason, effects);
    }

    /// <inheritdoc/>
    public void OnReleased(MqttReply reply, bool known, Effects effects)
    {
        if (_state == State.Connected)
        {
            _unanswered?.Remove(reply.PacketId);
            SendAck(PacketType.PubComp, reply.PacketId, known ? ReasonCode.Success : ReasonCode.PacketIdentifierNotFound, effects);
        }
    }

    // Measured in Release on one of two busy cores, 64 octets of payload, 8 topics: 2 to 3 million frames/s through here (80 ns to parse,
    // the rest the Message and its payload), 8 to 10 million deliveries/s written.
    private ParseError OnPublish(ReadOnlySpan<byte> frame, Effects effects)
    {
        if (!Publish.TryParse(frame, _version, out var publish, out var error))
        {
            return error;
        }

        if (!TryResolveTopic(publish, out var topic, out var refusal))
        {
            Refuse(refusal, frame, effects);
            return ParseError.None;
        }

        var reply = default(MqttReply);
        if (publish.Qos != QualityOfService.AtMostOnce)
        {
            reply = new MqttReply(publish.Qos == QualityOfService.AtLeastOnce ? PacketType.PubAck : PacketType.PubRec, publish.PacketId);
            if (_version == MqttVersion.Mqtt5 && ExceedsReceiveMaximum(publish.PacketId))
            {
                Refuse(ReasonCode.ReceiveMaximumExceeded, frame, effects);
                return ParseError.None;
            }
        }

        var exchange = publish.Qos == QualityOfService.ExactlyOnce ? publish.PacketId : (ushort)0;
        effects.Publish(publish.ToMessage(topic, clock), exchange, reply);
        return ParseError.None;
    }

    private ParseError OnPubRel(ReadOnlySpan<byte> frame, Effects effects)
    {
        if (PublishAck.TryParse(frame, PacketType.PubRel, _version, out var pubRel, out var error))
        {
            effects.Release(pubRel.PacketId, new MqttReply(PacketType.PubComp, pubRel.PacketId));
        }

        return error;
    }

    /// <summary>The topic that a PUBLISH names, or that its Topic Alias stands for (MQTT 5.0 §3.3.2.3.4).</summary>
    private bool TryResolveTopic(in Publish publish, out TopicName topic, out ReasonCode refusal)
    {
        refusal = ReasonCode.TopicNameInvalid;
        if (publish.Properties.IsEmpty)
        {
            return _topics.TryGet(publish.Topic, out topic);
        }

        topic = default;
        if (publish.Properties.Number(PropertyId.SubscriptionIdentifier) is not null)
        {
            // [MQTT-3.3.4-6]
            refusal = ReasonCode.ProtocolError;
            return false;
        }

        if (publish.Properties.Number(PropertyId.TopicAlias) is not { } alias)
        {
            return _topics.TryGet(publish.Topic, out topic);
        }

        if (alias == 0 || alias > options.TopicAliasMaximum)
        {
            refusal = ReasonCode.TopicAliasInvalid;
            return false;
        }

        _aliasesIn ??= [];
        if (publish.Topic.IsEmpty)
        {
            refusal = ReasonCode.ProtocolError;
            return _aliasesIn.TryGetValue(alias, out topic);
        }

        var isName = _topics.TryGet(publish.Topic, out topic);
        _aliasesIn[alias] = topic;
        return isName;
    }

    /// <summary>Counts a message that is to be answered (MQTT 5.0 §3.3.4, §4.9). Earlier versions know no such limit.</summary>
    private bool ExceedsReceiveMaximum(ushort packetId)
    {
        _unanswered ??= [];
        return _unanswered.Add(packetId) && _unanswered.Count > options.ReceiveMaximum;
    }

    private void SendAck(PacketType type, ushort packetId, ReasonCode reason, Effects effects)
    {
        var ack = new PublishAck { Type = type, PacketId = packetId, ReasonCode = reason };
        var size = ack.Size(_version);
        if (MaySend(size, effects))
        {
            ack.Write(effects.Send(size), _version);
        }
    }

    private static ReasonCode ToReasonCode(PublishOutcome outcome) => outcome switch
    {
        PublishOutcome.Accepted or PublishOutcome.Repeated => ReasonCode.Success,
        PublishOutcome.NoMatchingSubscribers => ReasonCode.NoMatchingSubscribers,
        PublishOutcome.NotAuthorized => ReasonCode.NotAuthorized,
        PublishOutcome.TopicInvalid => ReasonCode.TopicNameInvalid,
        PublishOutcome.QuotaExceeded or PublishOutcome.TooLarge => ReasonCode.QuotaExceeded,
        _ => ReasonCode.UnspecifiedError,
    };
}
