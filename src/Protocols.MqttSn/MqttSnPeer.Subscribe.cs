using System.Buffers.Binary;
using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Messaging.Wire;
using Edge.Protocols.MqttSn.Codec.V12;

namespace Edge.Protocols.MqttSn;

/// <content>Client's topic subscribe and unsubscribe procedure (MQTT-SN 1.2 §6.9).</content>
public sealed partial class MqttSnPeer
{
    /// <summary>Prefixes that the broker takes off: what follows is not where messages come from.</summary>
    private static readonly string[] Prefixes = ["$share/", "$queue/", "$exclusive/"];

    /// <inheritdoc/>
    public void OnSubscribed(MqttSnReply reply, ReadOnlySpan<SubscribeOutcome> outcomes, IPeerEffects<MqttSnReply> effects)
    {
        if (!IsCurrent(reply) || outcomes is not [var outcome])
        {
            return;
        }

        if (outcome <= SubscribeOutcome.GrantedQos2)
        {
            Topics.SetConfirmed(reply.TopicId, isConfirmed: true);
            Send(new SubAck((MqttSnQos)outcome, reply.TopicId, reply.MsgId, MqttSnReturnCode.Accepted), effects);
        }
        else
        {
            RefuseSubscribe(reply.MsgId, outcome == SubscribeOutcome.QuotaExceeded ? MqttSnReturnCode.Congestion : MqttSnReturnCode.NotSupported, effects);
        }
    }

    /// <inheritdoc/>
    public void OnUnsubscribed(MqttSnReply reply, ReadOnlySpan<bool> existed, IPeerEffects<MqttSnReply> effects)
    {
        if (IsCurrent(reply))
        {
            Send(new UnsubAck(reply.MsgId), effects);
        }
    }

    private static void RefuseSubscribe(ushort msgId, MqttSnReturnCode code, IPeerEffects<MqttSnReply> effects) =>
        Send(new SubAck(MqttSnQos.AtMostOnce, TopicId: 0, msgId, code), effects);

    private static bool StandsForOneTopic(TopicFilter filter, out TopicName topic)
    {
        var text = filter.ToString();
        topic = default;
        return !Prefixes.Any(prefix => text.StartsWith(prefix, StringComparison.Ordinal)) && TopicName.TryParse(text, out topic);
    }

    private ParseError OnSubscribe(in Subscribe subscribe, IPeerEffects<MqttSnReply> effects)
    {
        if (!IsActive)
        {
            return NotConnected(effects);
        }

        var known = TryResolve(subscribe.TopicIdType, subscribe.Topic, out var filter);
        if (!known || subscribe.Qos == MqttSnQos.MinusOne)
        {
            var unknownId = !known && subscribe.TopicIdType != TopicIdType.Normal;
            RefuseSubscribe(subscribe.MsgId, unknownId ? MqttSnReturnCode.InvalidTopicId : MqttSnReturnCode.NotSupported, effects);
            return known ? ParseError.InvalidValue : ParseError.InvalidTopic;
        }

        var ids = Topics.Count;

        // The id goes out with SUBACK. Until then the client does not know it, and a message that is quicker is announced by REGISTER.
        ushort topicId = subscribe.TopicIdType switch
        {
            TopicIdType.Predefined => BinaryPrimitives.ReadUInt16BigEndian(subscribe.Topic),
            TopicIdType.Normal when StandsForOneTopic(filter, out var topic) => Topics.Assign(topic),
            _ => 0,
        };
        if (Topics.Count != ids)
        {
            SaveNote(effects);
        }

        effects.Subscribe(
            [new Subscription { Filter = filter, MaximumQos = ToMqtt(subscribe.Qos) }],
            new MqttSnReply { TopicId = topicId, MsgId = subscribe.MsgId, Connection = _connection });
        return ParseError.None;
    }

    private ParseError OnUnsubscribe(in Unsubscribe unsubscribe, IPeerEffects<MqttSnReply> effects)
    {
        if (!IsActive)
        {
            return NotConnected(effects);
        }

        if (!TryResolve(unsubscribe.TopicIdType, unsubscribe.Topic, out var filter))
        {
            Send(new UnsubAck(unsubscribe.MsgId), effects); // There is no return code; it certainly is not subscribed.
            return ParseError.InvalidTopic;
        }

        effects.Unsubscribe([filter], new MqttSnReply { MsgId = unsubscribe.MsgId, Connection = _connection });
        return ParseError.None;
    }

    private bool TryResolve(TopicIdType type, ReadOnlySpan<byte> field, out TopicFilter filter)
    {
        if (type == TopicIdType.Normal)
        {
            return TopicFilter.TryParse(field, out filter);
        }

        filter = default;
        return TryResolve(type, BinaryPrimitives.ReadUInt16BigEndian(field), out TopicName topic) && TopicFilter.TryParse(topic.ToString(), out filter);
    }
}
