using Edge.Messaging;
using Edge.Messaging.Wire;
using Edge.Protocols.Mqtt.Codec;
using Effects = Edge.Messaging.Peers.IPeerEffects<Edge.Protocols.Mqtt.MqttReply>;

namespace Edge.Protocols.Mqtt;

/// <summary>The client subscribes and unsubscribes (MQTT 5.0 §3.8 to §3.11).</summary>
public sealed partial class MqttConnection
{
    /// <inheritdoc/>
    public void OnSubscribed(MqttReply reply, ReadOnlySpan<SubscribeOutcome> outcomes, Effects effects)
    {
        if (_state != State.Connected)
        {
            return;
        }

        var codes = new ReasonCode[outcomes.Length];
        for (var i = 0; i < codes.Length; i++)
        {
            codes[i] = ToReasonCode(outcomes[i]);
        }

        var subAck = new SubAck { PacketId = reply.PacketId, ReasonCodes = codes };
        var size = subAck.Size(_version);
        if (MaySend(size, effects))
        {
            subAck.Write(effects.Send(size), _version);
        }
    }

    /// <inheritdoc/>
    public void OnUnsubscribed(MqttReply reply, ReadOnlySpan<bool> existed, Effects effects)
    {
        if (_state != State.Connected)
        {
            return;
        }

        var codes = new ReasonCode[existed.Length];
        for (var i = 0; i < codes.Length; i++)
        {
            codes[i] = existed[i] ? ReasonCode.Success : ReasonCode.NoSubscriptionExisted;
        }

        var unsubAck = new UnsubAck { PacketId = reply.PacketId, ReasonCodes = codes };
        var size = unsubAck.Size(_version);
        if (MaySend(size, effects))
        {
            unsubAck.Write(effects.Send(size), _version);
        }
    }

    private ParseError OnSubscribe(ReadOnlySpan<byte> frame, Effects effects)
    {
        if (!Subscribe.TryParse(frame, _version, out var subscribe, out var error))
        {
            return error;
        }

        var identifier = subscribe.Properties.Number(PropertyId.SubscriptionIdentifier) ?? 0;
        var subscriptions = new List<Subscription>();
        foreach (var entry in subscribe.Entries)
        {
            if (!TopicFilter.TryParse(entry.Filter, out var filter))
            {
                return ParseError.InvalidTopic;
            }

            // [MQTT-3.8.3-4]
            if (entry.NoLocal && SubscriptionFilter.TryParse(filter, out var target) && target.Group is not null)
            {
                return ParseError.InvalidValue;
            }

            subscriptions.Add(new Subscription
            {
                Filter = filter,
                MaximumQos = entry.MaximumQos,
                NoLocal = entry.NoLocal,
                RetainAsPublished = entry.RetainAsPublished,
                RetainHandling = entry.RetainHandling,
                Identifier = identifier,
            });
        }

        effects.Subscribe(subscriptions, new MqttReply(PacketType.SubAck, subscribe.PacketId));
        return ParseError.None;
    }

    private ParseError OnUnsubscribe(ReadOnlySpan<byte> frame, Effects effects)
    {
        if (!Unsubscribe.TryParse(frame, _version, out var unsubscribe, out var error))
        {
            return error;
        }

        var filters = new List<TopicFilter>();
        foreach (var octets in unsubscribe.Filters)
        {
            if (!TopicFilter.TryParse(octets, out var filter))
            {
                return ParseError.InvalidTopic;
            }

            filters.Add(filter);
        }

        effects.Unsubscribe(filters, new MqttReply(PacketType.UnsubAck, unsubscribe.PacketId));
        return ParseError.None;
    }

    private static ReasonCode ToReasonCode(SubscribeOutcome outcome) => outcome switch
    {
        SubscribeOutcome.GrantedQos0 => ReasonCode.Success,
        SubscribeOutcome.GrantedQos1 => ReasonCode.GrantedQos1,
        SubscribeOutcome.GrantedQos2 => ReasonCode.GrantedQos2,
        SubscribeOutcome.NotAuthorized => ReasonCode.NotAuthorized,
        SubscribeOutcome.FilterInvalid => ReasonCode.TopicFilterInvalid,
        SubscribeOutcome.QuotaExceeded => ReasonCode.QuotaExceeded,
        _ => ReasonCode.UnspecifiedError,
    };
}
