using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Messaging.Wire;
using Edge.Protocols.MqttSn.Codec.V12;

namespace Edge.Protocols.MqttSn;

/// <content>Keep alive, PING, client's disconnect, and how a connection ends otherwise (MQTT-SN 1.2 §6.11, §6.12).</content>
public sealed partial class MqttSnPeer
{
    /// <summary>How far beyond its Duration a client may be silent (§7.2).</summary>
    private const double KeepAliveTolerance = 1.5;

    /// <summary>
    /// A good-bye is answered so often, as its answer may be lost; §7.2 advises five repetitions at most. No more, since a gateway at the
    /// other end would answer the answers.
    /// </summary>
    private const int MaxFarewells = 6;

    private int _farewells;

    /// <inheritdoc/>
    public void OnDetached(DetachReason reason, IPeerEffects<MqttSnReply> effects)
    {
        if (_state == State.Connecting)
        {
            _isAbandoned = true;
            SendUnasked(new Disconnect(), effects);
        }
        else if (_hasSession && reason == DetachReason.ShuttingDown && _sleepDuration > 0)
        {
            LeaveAsleep(effects);
        }
        else if (_hasSession)
        {
            // A sleeper that moved would take a good-bye for the answer to something else, if it hears it at all.
            if (_sleepDuration == 0 || reason != DetachReason.TakenOver)
            {
                SendUnasked(new Disconnect(), effects);
            }

            End(publishWill: false, effects);
        }
    }

    private ParseError OnDisconnect(in Disconnect disconnect, IPeerEffects<MqttSnReply> effects)
    {
        if (disconnect.Duration is > 0 and var duration && MayAcknowledge)
        {
            FallAsleep(duration, effects);
            return ParseError.None;
        }

        if (_farewells == MaxFarewells)
        {
            return ParseError.OutOfSequence;
        }

        if (_farewells++ == 0)
        {
            effects.Arm(PeerTimer.Progress, _options.RetryInterval * (_options.RetryLimit + 1));
        }

        Send(new Disconnect(), effects);
        if (_state == State.Connecting)
        {
            _isAbandoned = true;
        }
        else
        {
            End(publishWill: false, effects);
        }

        return ParseError.None;
    }

    private void WatchKeepAlive(IPeerEffects<MqttSnReply> effects)
    {
        var duration = _sleepDuration > 0 ? _sleepDuration : _terms.Duration;
        if (duration > 0)
        {
            effects.Arm(PeerTimer.KeepAlive, TimeSpan.FromSeconds(duration * KeepAliveTolerance));
        }
    }

    /// <summary>The client is silent for too long: it counts as lost, and is told so in case it hears (§6.13).</summary>
    private void Lose(IPeerEffects<MqttSnReply> effects)
    {
        if (_hasSession)
        {
            SendUnasked(new Disconnect(), effects);
        }

        End(publishWill: true, effects);
    }

    private void End(bool publishWill, IPeerEffects<MqttSnReply> effects)
    {
        StopSending(effects);
        effects.Disarm(PeerTimer.KeepAlive);
        _state = State.Idle;
        _isFresh = false;
        if (_hasSession)
        {
            _hasSession = false;
            TimeSpan? expiryAfterSleep = _terms.CleanSession ? TimeSpan.Zero : _options.MaxSessionExpiry;
            effects.Close(publishWill, _sleepDuration > 0 ? expiryAfterSleep : null);
        }
    }
}
