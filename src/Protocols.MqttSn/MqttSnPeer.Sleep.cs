using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Messaging.Wire;
using Edge.Protocols.MqttSn.Codec.V12;

namespace Edge.Protocols.MqttSn;

/// <content>Support of sleeping clients (MQTT-SN 1.2 §6.14), and clients whose address changed.</content>
/// <remarks>
/// A client that sleeps keeps its session; nothing is sent to it until PINGREQ names it, and then what waits, one after another, and PINGRESP
/// when nothing is left. A client whom this peer does not know may have its session all the same: with another peer, under the address
/// that it had, or on disk since before a restart. It moves here by its ClientId.
/// </remarks>
public sealed partial class MqttSnPeer
{
    /// <summary>For how long the client sleeps, in seconds; 0 while it does not.</summary>
    private ushort _sleepDuration;

    /// <summary>The session was asked for by PINGREQ: its terms are those that it has.</summary>
    private bool _isResuming;

    /// <inheritdoc/>
    public bool AwaitsDrain => _state == State.Awake && _exchanges.Count == 0;

    /// <inheritdoc/>
    public void OnDrained(IPeerEffects<MqttSnReply> effects)
    {
        _state = State.Asleep;
        Send(new PingResp(), effects);
    }

    private ParseError OnPingReq(in PingReq ping, IPeerEffects<MqttSnReply> effects)
    {
        if (ping.ClientId.IsEmpty)
        {
            return AnswerPing(effects);
        }

        if (!Utf8Text.TryDecode(ping.ClientId, out var clientId))
        {
            return ParseError.InvalidText;
        }

        if (_state == State.Idle)
        {
            Resume(clientId, effects);
        }
        else if (IsAnothers(clientId))
        {
            GiveWay(effects);
        }
        else if (_state == State.Asleep)
        {
            WakeUp(effects);
        }
        else if (_state == State.Connected)
        {
            return AnswerPing(effects);
        }

        return ParseError.None; // While it is awake or comes here, PINGRESP follows anyway.
    }

    private ParseError AnswerPing(IPeerEffects<MqttSnReply> effects)
    {
        if (_state is not (State.Connected or State.Asleep))
        {
            return _state == State.Awake ? ParseError.None : NotConnected(effects);
        }

        Send(new PingResp(), effects);
        return ParseError.None;
    }

    /// <summary>DISCONNECT with a Duration: answered when a restart would find the client asleep. Repeated, as the answer was lost, it changes nothing.</summary>
    private void FallAsleep(ushort duration, IPeerEffects<MqttSnReply> effects)
    {
        var isRepeated = _state == State.Asleep && _sleepDuration == duration;
        _state = State.Asleep;
        _sleepDuration = duration;
        if (isRepeated)
        {
            Send(new Disconnect(), effects);
            return;
        }

        var longest = TimeSpan.FromSeconds(duration * KeepAliveTolerance);
        var expiry = _terms.CleanSession || longest > _options.MaxSessionExpiry ? longest : _options.MaxSessionExpiry;
        SaveNote(effects);
        effects.Sleep(longest, expiry, NewReply(ReplyStep.Sleep));
    }

    /// <summary>What was not acknowledged when the client fell asleep comes first.</summary>
    private void WakeUp(IPeerEffects<MqttSnReply> effects)
    {
        _state = State.Awake;
        for (var i = 0; i < _exchanges.Count; i++)
        {
            _exchanges[i].Attempts = 0;
            SendAgain(_exchanges[i], effects);
        }
    }

    private void Resume(string clientId, IPeerEffects<MqttSnReply> effects)
    {
        _isResuming = true;
        Become(clientId);
        BeginConnection();
        effects.Connect(NewRequest(clientId) with { CleanStart = false, Resumes = true });
    }

    private void OnResumed(IBrokerSession? session, IPeerEffects<MqttSnReply> effects)
    {
        _isResuming = false;
        if (session is null || SessionNote.TryRead(session.Note.Span) is not { } note)
        {
            Send(new Disconnect(), effects);
            End(publishWill: false, effects);
            return;
        }

        _terms = new Terms(_client, note.CleanSession, note.Will is not null, note.Duration);
        _will = note.Will is null ? null : new WillMessage(note.Will);
        _sleepDuration = note.SleepDuration;
        Topics.Restore(note.Topics);
        if (_sleepDuration > 0)
        {
            WakeUp(effects);
        }
        else
        {
            _state = State.Connected;
            Send(new PingResp(), effects);
        }

        WatchKeepAlive(effects);
    }

    /// <summary>
    /// Another client has this address now, and gets a peer of its own. Who had it keeps its session, out of reach, until it comes from another
    /// address or was silent for too long.
    /// </summary>
    private void GiveWay(IPeerEffects<MqttSnReply> effects)
    {
        effects.GiveWay();
        _hasGivenWay = true;
        if (_state != State.Connecting)
        {
            GoAstray(effects);
        }
    }

    private void GoAstray(IPeerEffects<MqttSnReply> effects)
    {
        if (!_hasSession)
        {
            return;
        }

        StopSending(effects);
        effects.Disarm(PeerTimer.Progress);
        if (_terms.Duration == 0 && _sleepDuration == 0)
        {
            End(publishWill: true, effects); // Nothing would ever tell that it is gone.
        }
        else
        {
            _state = State.Astray;
        }
    }

    /// <summary>The gateway stops. Who sleeps goes on to sleep, as if the power had gone.</summary>
    private void LeaveAsleep(IPeerEffects<MqttSnReply> effects)
    {
        StopSending(effects);
        effects.Disarm(PeerTimer.KeepAlive);
        _state = State.Idle;
        _hasSession = false;
    }

    private void SaveNote(IPeerEffects<MqttSnReply> effects) => effects.Note(WriteNote(), default);

    private byte[] WriteNote() => new SessionNote
    {
        CleanSession = _terms.CleanSession,
        Duration = _terms.Duration,
        SleepDuration = _sleepDuration,
        Will = _will?.Message,
        Topics = _topics?.InOrderOfUse() ?? [],
    }.ToOctets();
}
