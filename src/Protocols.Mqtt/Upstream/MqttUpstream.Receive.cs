using Edge.Messaging;
using Edge.Messaging.Wire;
using Edge.Protocols.Mqtt.Codec;

namespace Edge.Protocols.Mqtt.Upstream;

/// <summary>The way down: what upstream publishes to us (MQTT 5.0 §3.3, §4.3).</summary>
public sealed partial class MqttUpstream
{
    private readonly TopicCache _topics = new();

    /// <summary>The broker answered <see cref="IUpstreamEffects.Publish"/>. Upstream is answered when the message is kept, and not before.</summary>
    public void OnPublished(MqttReply reply, PublishOutcome outcome, IUpstreamEffects effects)
    {
        if (_state != State.Open || reply.Type == PacketType.Reserved || outcome == PublishOutcome.Detached)
        {
            return;
        }

        if (outcome == PublishOutcome.QuotaExceeded)
        {
            // Whatever we answered, upstream would forget the message. Unanswered, it comes again with the next connection.
            End(new UpstreamEnd(UpstreamEndCause.NotTaken, ReasonCode.QuotaExceeded), effects);
            return;
        }

        var reason = _version == MqttVersion.Mqtt5 ? ToReasonCode(outcome) : ReasonCode.Success;
        SendAck(reply.Type, reply.PacketId, reason, effects);
    }

    /// <summary>The broker answered <see cref="IUpstreamEffects.Release"/>.</summary>
    /// <param name="reply">What was given along.</param>
    /// <param name="known">Whether the exchange had been open.</param>
    /// <param name="effects">Where to ask for what follows.</param>
    public void OnReleased(MqttReply reply, bool known, IUpstreamEffects effects)
    {
        if (_state == State.Open)
        {
            SendAck(PacketType.PubComp, reply.PacketId, known ? ReasonCode.Success : ReasonCode.PacketIdentifierNotFound, effects);
        }
    }

    /// <summary>
    /// A frame has begun that is larger than we take. An upstream that speaks MQTT 5.0 knows our limit and breaks the protocol by it. An older
    /// one cannot know, and would send the message again for ever: it is answered, counted and passed over.
    /// </summary>
    /// <param name="start">What has arrived of the frame so far.</param>
    /// <param name="effects">Where to ask for what follows.</param>
    /// <returns>False when more of it must have arrived first; true when the octets of the frame are done with.</returns>
    public bool OnOversize(ReadOnlySpan<byte> start, IUpstreamEffects effects)
    {
        if (_version == MqttVersion.Mqtt5 || _state != State.Open
            || !FixedHeader.TryParse(start, out var header, out _) || header.Type != PacketType.Publish)
        {
            Violated(ParseError.TooLarge, effects);
            return true;
        }

        var isWhole = start.Length >= header.PacketSize;
        var body = new WireReader(start[header.Size..Math.Min(start.Length, header.PacketSize)]);
        var utf8 = body.ReadPrefixed();
        var qos = (QualityOfService)((header.Flags >> 1) & 0b11);
        var packetId = qos == QualityOfService.AtMostOnce ? (ushort)0 : body.ReadUInt16();
        if (body.IsTruncated && !isWhole)
        {
            return false;
        }

        if (body.IsTruncated || !_topics.TryGet(utf8, out var topic))
        {
            Violated(ParseError.TooLarge, effects);
        }
        else
        {
            effects.PassOver(topic, ReplyTo(qos, packetId));
        }

        return true;
    }

    private ParseError OnPublish(ReadOnlySpan<byte> frame, IUpstreamEffects effects)
    {
        if (!Publish.TryParse(frame, _version, out var publish, out var error))
        {
            return error;
        }

        // We announced no Topic Aliases, so none may come ([MQTT-3.3.2-9]).
        if (!_topics.TryGet(publish.Topic, out var topic))
        {
            return ParseError.InvalidTopic;
        }

        var exchange = publish.Qos == QualityOfService.ExactlyOnce ? publish.PacketId : (ushort)0;
        effects.Publish(publish.ToMessage(topic, clock), LowestIdentifier(publish.Properties), exchange, ReplyTo(publish.Qos, publish.PacketId));
        return ParseError.None;
    }

    private ParseError OnPubRel(ReadOnlySpan<byte> frame, IUpstreamEffects effects)
    {
        if (PublishAck.TryParse(frame, PacketType.PubRel, _version, out var pubRel, out var error))
        {
            effects.Release(pubRel.PacketId, new MqttReply(PacketType.PubComp, pubRel.PacketId));
        }

        return error;
    }

    private static MqttReply ReplyTo(QualityOfService qos, ushort packetId) => qos switch
    {
        QualityOfService.AtLeastOnce => new MqttReply(PacketType.PubAck, packetId),
        QualityOfService.ExactlyOnce => new MqttReply(PacketType.PubRec, packetId),
        _ => default,
    };

    private static uint LowestIdentifier(Properties properties)
    {
        var lowest = 0u;
        foreach (var property in properties)
        {
            if (property.Id == PropertyId.SubscriptionIdentifier && (lowest == 0 || property.Number < lowest))
            {
                lowest = property.Number;
            }
        }

        return lowest;
    }

    private void SendAck(PacketType type, ushort packetId, ReasonCode reason, IUpstreamEffects effects)
    {
        var ack = new PublishAck { Type = type, PacketId = packetId, ReasonCode = reason };
        ack.Write(effects.Send(ack.Size(_version)), _version);
    }

    private static ReasonCode ToReasonCode(PublishOutcome outcome) => outcome switch
    {
        PublishOutcome.Accepted or PublishOutcome.Repeated => ReasonCode.Success,
        PublishOutcome.NoMatchingSubscribers => ReasonCode.NoMatchingSubscribers,
        PublishOutcome.NotAuthorized => ReasonCode.NotAuthorized,
        PublishOutcome.TopicInvalid => ReasonCode.TopicNameInvalid,
        _ => ReasonCode.UnspecifiedError,
    };
}
