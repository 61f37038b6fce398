using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Messaging.Wire;
using Edge.Protocols.Mqtt.Codec;

namespace Edge.Protocols.Mqtt.Upstream;

/// <summary>The way up: a session's deliveries, and what upstream says to them (MQTT 5.0 §4.3, §4.4).</summary>
public sealed partial class MqttUpstream
{
    /// <summary>
    /// QoS 2 exchanges open at once with an upstream of 3.1.1, which cannot say how many it takes: one less than the 20 of mosquitto, which
    /// closes the connection on the next.
    /// </summary>
    private const int MaxExchangesUntold = 19;

    private readonly Dictionary<ushort, Expected> _expected = [];
    private readonly HashSet<ushort> _exchanges = [];
    private readonly Queue<Delivery> _held = new();
    private long _lastProgress;
    private long _acknowledgedUpTo;

    /// <summary>Forwarded and not answered, and subscriptions not answered.</summary>
    public int Unacknowledged => _expected.Count + _postponed.Count;

    /// <summary>PUBLISH packets sent so far, repeats included.</summary>
    public long Sent { get; private set; }

    /// <summary>
    /// QoS 2 exchanges that may be open at once: one less than upstream takes. Some brokers hold the exchanges of the last connection against
    /// the Receive Maximum of this one, although it begins anew (MQTT 5.0 §4.9). With room for one more, what comes before the rest of
    /// those exchanges can still be sent, and they end; without it they never would.
    /// </summary>
    private int MaxExchanges => _version == MqttVersion.Mqtt5 ? Math.Max(1, Terms.ReceiveMaximum - 1) : MaxExchangesUntold;

    /// <summary>The session has something to send. Its message bears the topic it is to have upstream.</summary>
    public void OnDelivery(in Delivery delivery, IUpstreamEffects effects)
    {
        if (delivery.Kind == DeliveryKind.Release)
        {
            SendRelease(delivery, effects);
        }
        else if (delivery.Qos != QualityOfService.AtMostOnce && (_held.Count > 0 || !MaySend(delivery)))
        {
            _held.Enqueue(delivery);
        }
        else
        {
            SendPublish(delivery, effects);
        }
    }

    /// <summary>Whether a message can go up now. Only a SUBSCRIBE can have taken its identifier ([MQTT-2.2.1-3]); SUBACK gives it back.</summary>
    private bool MaySend(in Delivery delivery) =>
        !_isPaused
        && !_expected.ContainsKey(delivery.PacketId)
        && (QosOf(delivery) != QualityOfService.ExactlyOnce || _exchanges.Count < MaxExchanges);

    /// <summary>Sends what had to wait, as far as it may now, in order.</summary>
    private void SendHeld(IUpstreamEffects effects)
    {
        while (_held.TryPeek(out var delivery) && MaySend(delivery))
        {
            _held.Dequeue();
            SendPublish(delivery, effects);
        }
    }

    private void SendRelease(in Delivery delivery, IUpstreamEffects effects)
    {
        if (Terms.MaximumQos == QualityOfService.ExactlyOnce)
        {
            _exchanges.Add(delivery.PacketId);
            SendAck(PacketType.PubRel, delivery.PacketId, ReasonCode.Success, effects);
            Expect(PacketType.PubComp, delivery.PacketId, delivery);
        }
        else
        {
            // It went up at a lower QoS, where there is nothing to release.
            effects.Acknowledge(delivery.PacketId, Acknowledgement.PubComp);
        }
    }

    private void SendPublish(in Delivery delivery, IUpstreamEffects effects)
    {
        var qos = QosOf(delivery);
        var publish = new OutgoingPublish(
            delivery.Message!, qos, delivery.Retain && Terms.RetainAvailable, delivery.Dup, delivery.PacketId, _version, SecondsLeft(delivery.Message!));
        if (publish.Size > Terms.MaximumPacketSize)
        {
            effects.Discard(delivery, DropCause.Oversize, ReasonCode.PacketTooLarge);
            return;
        }

        publish.Write(effects.Send(publish.Size));
        Sent++;
        if (qos == QualityOfService.AtMostOnce)
        {
            Settle(delivery, effects);
        }
        else if (qos == QualityOfService.AtLeastOnce)
        {
            Expect(PacketType.PubAck, delivery.PacketId, delivery);
        }
        else
        {
            _exchanges.Add(delivery.PacketId);
            Expect(PacketType.PubRec, delivery.PacketId, delivery);
        }
    }

    /// <summary>QoS at which a delivery goes up.</summary>
    private QualityOfService QosOf(in Delivery delivery) => delivery.Qos < Terms.MaximumQos ? delivery.Qos : Terms.MaximumQos;

    /// <summary>Message Expiry Interval that is left ([MQTT-3.3.2-6]). Whether it is too late to send at all, the session decides.</summary>
    private uint? SecondsLeft(Message message) =>
        message.ExpiresAt is { } instant && _version == MqttVersion.Mqtt5
            ? (uint)Math.Clamp(Math.Ceiling((instant - clock.GetUtcNow()).TotalSeconds), 0, uint.MaxValue)
            : null;

    private ParseError OnAcknowledgement(PacketType type, ReadOnlySpan<byte> frame, IUpstreamEffects effects)
    {
        if (!PublishAck.TryParse(frame, type, _version, out var ack, out var error) || !TryTakeExpected(type, ack.PacketId, out var expected))
        {
            // What answers nothing is passed over: it must not settle a message it does not mean.
            return error;
        }

        switch (type)
        {
            case PacketType.PubComp:
                // Also "Packet Identifier not found" completes the exchange: there is nothing left to repeat (MQTT 5.0 §4.3.3).
                _exchanges.Remove(ack.PacketId);
                effects.Acknowledge(ack.PacketId, Acknowledgement.PubComp);
                break;
            case var _ when ack.ReasonCode >= ReasonCode.UnspecifiedError:
                _exchanges.Remove(ack.PacketId);
                OnRefused(expected.Delivery, ack.ReasonCode, effects);
                break;
            case PacketType.PubRec:
                OnTaken(ack.PacketId);
                effects.Acknowledge(ack.PacketId, Acknowledgement.PubRec);
                break;
            default:
                OnTaken(ack.PacketId);
                Settle(expected.Delivery, effects);
                break;
        }

        SendHeld(effects);
        return ParseError.None;
    }

    /// <summary>Upstream has the message; the session's exchange goes on as its QoS wants, also where it went up at a lower one.</summary>
    private static void Settle(in Delivery delivery, IUpstreamEffects effects)
    {
        if (delivery.Qos != QualityOfService.AtMostOnce)
        {
            effects.Acknowledge(
                delivery.PacketId, delivery.Qos == QualityOfService.AtLeastOnce ? Acknowledgement.PubAck : Acknowledgement.PubRec);
        }
    }

    private void Expect(PacketType answer, ushort packetId, in Delivery delivery)
    {
        var now = clock.GetTimestamp();
        if (_expected.Count == 0)
        {
            _lastProgress = now;
        }

        _expected[packetId] = new Expected(answer, now, delivery);
    }

    private bool TryTakeExpected(PacketType answer, ushort packetId, out Expected expected)
    {
        if (!_expected.TryGetValue(packetId, out expected) || expected.Answer != answer)
        {
            return false;
        }

        _expected.Remove(packetId);
        _lastProgress = clock.GetTimestamp();
        _acknowledgedUpTo = Math.Max(_acknowledgedUpTo, expected.SentAt);
        return true;
    }

    /// <summary>
    /// Gives up a link on which nothing is acknowledged any more, or on which something sent long after a message was acknowledged and the
    /// message was not. A slow link on which acknowledgements trickle in is left alone.
    /// </summary>
    private void CheckAcknowledgements(IUpstreamEffects effects)
    {
        var silence = _expected.Count == 0 ? TimeSpan.Zero : clock.GetElapsedTime(_lastProgress);
        if (silence >= connect.AcknowledgeTimeout || IsAnyPassedOver())
        {
            End(new UpstreamEnd(UpstreamEndCause.NoAcknowledgement), effects);
            return;
        }

        effects.Arm(PeerTimer.Progress, connect.AcknowledgeTimeout - silence);
    }

    private bool IsAnyPassedOver()
    {
        foreach (var (_, expected) in _expected)
        {
            if (expected.SentAt < _acknowledgedUpTo && clock.GetElapsedTime(expected.SentAt, _acknowledgedUpTo) >= connect.AcknowledgeTimeout)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What upstream is to say next about a Packet Identifier.</summary>
    private readonly record struct Expected(PacketType Answer, long SentAt, Delivery Delivery);
}
