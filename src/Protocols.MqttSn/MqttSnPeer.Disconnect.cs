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
            Send(new Disconnect(), effects);
        }
        else if (_hasSession)
        {
            Send(new Disconnect(), effects);
            End(publishWill: false, effects);
        }
    }

    private ParseError OnPingReq(in PingReq ping, IPeerEffects<MqttSnReply> effects)
    {
        if (_state != State.Connected)
        {
            return NotConnected(effects);
        }

        if (!ping.ClientId.IsEmpty && !(Utf8Text.TryDecode(ping.ClientId, out var clientId) && clientId == _client))
        {
            // Another client now has this address. It is not connected; who had the address before runs into keep alive.
            Send(new Disconnect(), effects);
            return ParseError.OutOfSequence;
        }

        Send(new PingResp(), effects);
        return ParseError.None;
    }

    /// <summary>Good-bye. With a Duration it would be sleep (§6.14), which this version does not know: the session is kept for as long as its terms say.</summary>
    private ParseError OnDisconnect(IPeerEffects<MqttSnReply> effects)
    {
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
        if (_terms.Duration > 0)
        {
            effects.Arm(PeerTimer.KeepAlive, TimeSpan.FromSeconds(_terms.Duration * KeepAliveTolerance));
        }
    }

    /// <summary>The client is silent for too long: it counts as lost, and is told so in case it hears (§6.13).</summary>
    private void Lose(IPeerEffects<MqttSnReply> effects)
    {
        if (_hasSession)
        {
            Send(new Disconnect(), effects);
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
            effects.Close(publishWill);
        }
    }
}
