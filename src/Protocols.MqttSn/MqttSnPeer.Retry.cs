using Edge.Messaging.Peers;

namespace Edge.Protocols.MqttSn;

/// <content>Retransmission (MQTT-SN 1.2 §6.13): what was not answered for T_retry is sent again, N_retry times.</content>
/// <remarks>
/// One timer serves all that is on its way. When it rings, what was there when it was armed is sent again; what was sent since waits for the
/// next time, and so for up to twice as long.
/// </remarks>
public sealed partial class MqttSnPeer
{
    /// <summary>How often the Will was asked for again.</summary>
    private int _attempts;

    private void Retry(IPeerEffects<MqttSnReply> effects)
    {
        if (_state is not (State.WillTopicAwaited or State.WillMsgAwaited))
        {
            _isTimed = false;
            SendDue(effects);
            GoOn(effects);
        }
        else if (++_attempts > _options.RetryLimit)
        {
            Lose(effects);
        }
        else
        {
            AskForWill(effects);
        }
    }

    private void SendDue(IPeerEffects<MqttSnReply> effects)
    {
        for (var i = 0; i < _exchanges.Count && IsActive; i++)
        {
            var exchange = _exchanges[i];
            if (!exchange.IsDue || exchange.Awaited == Awaited.ItsTurn)
            {
                continue;
            }

            if (++exchange.Attempts <= _options.RetryLimit)
            {
                SendAgain(exchange, effects);
            }
            else if (_state == State.Awake)
            {
                _state = State.Asleep; // It fell asleep early, or is out of reach: it will ask again.
            }
            else
            {
                Lose(effects);
            }
        }
    }

    private void SendAgain(OutgoingExchange exchange, IPeerEffects<MqttSnReply> effects)
    {
        switch (exchange.Awaited)
        {
            case Awaited.RegAck:
                SendRegister(exchange, effects);
                break;
            case Awaited.PubComp:
                SendPubRel(exchange, effects);
                break;
            case Awaited.PubAck or Awaited.PubRec:
                exchange.Delivery = exchange.Delivery with { Dup = true };
                SendPublish(exchange, effects);
                break;
        }
    }

    /// <summary>After whatever has happened: whose turn has come goes on, and the timer runs while something is on its way.</summary>
    private void GoOn(IPeerEffects<MqttSnReply> effects)
    {
        var isHeld = false;
        while (!isHeld && IsActive && _exchanges.Find(Awaited.ItsTurn) is { } next && _exchanges.Find(Awaited.RegAck) is null)
        {
            Begin(next, effects);
            isHeld = next.Awaited == Awaited.ItsTurn;
        }

        var isWatched = IsActive && _exchanges.Count > 0;
        if (isWatched && (!_isTimed || !_exchanges.HasDue()))
        {
            _exchanges.SetAllDue();
            effects.Arm(PeerTimer.Retry, _options.RetryInterval);
        }
        else if (!isWatched && _isTimed)
        {
            effects.Disarm(PeerTimer.Retry);
        }

        _isTimed = isWatched;
    }
}
