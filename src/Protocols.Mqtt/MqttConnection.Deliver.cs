using Edge.Messaging;
using Edge.Messaging.Wire;
using Edge.Protocols.Mqtt.Codec;
using Effects = Edge.Messaging.Peers.IPeerEffects<Edge.Protocols.Mqtt.MqttReply>;

namespace Edge.Protocols.Mqtt;

/// <summary>The client gets messages (MQTT 5.0 §4.3, §4.4).</summary>
public sealed partial class MqttConnection
{
    private Dictionary<TopicName, ushort>? _aliasesOut;
    private int _aliasesOutAllowed;

    /// <inheritdoc/>
    public void OnDelivery(in Delivery delivery, Effects effects)
    {
        if (_state != State.Connected)
        {
            // The session still has what it must deliver; what is sent once at most is lost here, and counted.
            if (delivery.Qos == QualityOfService.AtMostOnce)
            {
                effects.Discard(delivery, DropCause.Offline);
            }

            return;
        }

        if (delivery.Kind == DeliveryKind.Release)
        {
            SendAck(PacketType.PubRel, delivery.PacketId, ReasonCode.Success, effects);
            return;
        }

        var topic = delivery.Message!.Topic;
        var alias = AliasOf(topic, out var aliasIsKnown);
        var expiry = SecondsLeft(delivery.Message);
        var publish = new OutgoingPublish(delivery, _version, expiry, alias, aliasIsKnown);
        if (publish.Size > _maximumPacketSize && alias != 0)
        {
            // The three octets of an alias are no reason to lose a message that fits without.
            alias = 0;
            publish = new OutgoingPublish(delivery, _version, expiry);
        }

        if (publish.Size > _maximumPacketSize)
        {
            // [MQTT-3.1.2-25]: as if it had been delivered.
            effects.Discard(delivery, DropCause.Oversize);
            return;
        }

        publish.Write(effects.Send(publish.Size));
        if (alias != 0 && !aliasIsKnown)
        {
            _aliasesOut![topic] = alias;
        }
    }

    /// <summary>Topic Alias of a topic towards a client that takes them: first come, first served (MQTT 5.0 §3.3.2.3.4). 0 for none.</summary>
    private ushort AliasOf(TopicName topic, out bool isKnown)
    {
        isKnown = false;
        if (_aliasesOutAllowed == 0)
        {
            return 0;
        }

        _aliasesOut ??= [];
        isKnown = _aliasesOut.TryGetValue(topic, out var alias);
        return isKnown ? alias : _aliasesOut.Count < _aliasesOutAllowed ? (ushort)(_aliasesOut.Count + 1) : (ushort)0;
    }

    /// <summary>Message Expiry Interval that is left ([MQTT-3.3.2-6]). Whether it is too late to send at all, the session decides.</summary>
    private uint? SecondsLeft(Message message) =>
        message.ExpiresAt is { } instant && _version == MqttVersion.Mqtt5
            ? (uint)Math.Clamp(Math.Ceiling((instant - clock.GetUtcNow()).TotalSeconds), 0, uint.MaxValue)
            : null;

    private ParseError OnPubAck(ReadOnlySpan<byte> frame, Effects effects)
    {
        if (PublishAck.TryParse(frame, PacketType.PubAck, _version, out var pubAck, out var error))
        {
            Settle(pubAck, QualityOfService.AtLeastOnce, Acknowledgement.PubAck, effects);
        }

        return error;
    }

    private ParseError OnPubRec(ReadOnlySpan<byte> frame, Effects effects)
    {
        if (PublishAck.TryParse(frame, PacketType.PubRec, _version, out var pubRec, out var error)
            && !Settle(pubRec, QualityOfService.ExactlyOnce, Acknowledgement.PubRec, effects))
        {
            // Nothing of ours waits for it, so that the client can end what it believes to be an exchange (MQTT 5.0 §4.3.3).
            SendAck(PacketType.PubRel, pubRec.PacketId, ReasonCode.PacketIdentifierNotFound, effects);
        }

        return error;
    }

    private ParseError OnPubComp(ReadOnlySpan<byte> frame, Effects effects)
    {
        // Also "Packet Identifier not found" completes the exchange: there is nothing left to repeat (MQTT 5.0 §4.3.3).
        if (PublishAck.TryParse(frame, PacketType.PubComp, _version, out var pubComp, out var error))
        {
            effects.Acknowledge(pubComp.PacketId, Acknowledgement.PubComp);
        }

        return error;
    }

    /// <summary>Passes an acknowledgement on; one with a Reason Code of 0x80 or more ends the exchange, and the message counts as refused.</summary>
    /// <returns>False when there is no such exchange, and the client believes there is.</returns>
    private static bool Settle(in PublishAck ack, QualityOfService qos, Acknowledgement acknowledgement, Effects effects)
    {
        if (ack.ReasonCode < ReasonCode.UnspecifiedError)
        {
            return effects.Acknowledge(ack.PacketId, acknowledgement);
        }

        effects.Discard(new Delivery(DeliveryKind.Publish, ack.PacketId, null, qos, Retain: false, Dup: false, null), DropCause.Refused);
        return true;
    }
}
