using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Messaging.Wire;
using Edge.Protocols.Coap.Codec;
using Edge.Protocols.Coap.Devices;
using Edge.Protocols.Coap.Reliability;

namespace Edge.Protocols.Coap;

/// <summary>One end point that speaks CoAP, as the gateway sees it: its messages, and the topics that are resources to it (RFC 7252 §4).</summary>
/// <remarks>
/// In layers, each in a file of its own: messages here, requests and responses, who asks, topics, observations. An end point that observes nothing, has no
/// token and asks for nothing for as long as a Message ID means something is forgotten.
/// </remarks>
public sealed partial class CoapPeer : IPeer<CoapReply>
{
    /// <summary>Message IDs that are kept: with one exchange at a time (NSTART, §4.7) a busy client needs a few hundred.</summary>
    private const int MaxMessageIds = 512;

    /// <summary>Deliveries that may be taken before they are acknowledged; all but the first only while the way is congested.</summary>
    private const int MaxWaiting = 16;

    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    private readonly CoapServer _server;
    private readonly string _address;
    private readonly MessageIdCache _messageIds = new(MaxMessageIds);

    /// <summary>Confirmable messages of ours: the first is on its way, the others wait for it (NSTART).</summary>
    private readonly List<OutgoingMessage> _outgoing = [];
    private ushort _lastMessageId;
    private int _turns;
    private int _quietTurns;
    private bool _isQuiet;
    private bool _isWatched;

    internal CoapPeer(CoapServer server, string address, bool isProven)
    {
        (_server, _address, _isProven) = (server, address, isProven);
        _lastMessageId = (ushort)server.Random.Next(ushort.MaxValue + 1);
    }

    /// <inheritdoc/>
    public bool IsProven => _isProven;

    /// <inheritdoc/>
    public bool WantsDelivery => _state == State.Connected && _isProven && _exchanges.Count < MaxWaiting && (_outgoing.Count == 0 || (IsCongested && _outgoing.Count < MaxWaiting));

    private CoapOptions Options => _server.Options;

    /// <summary>Whether a message of ours was not acknowledged in time. Then deliveries are taken although they have to wait, so that later values replace earlier ones.</summary>
    private bool IsCongested => _outgoing is [{ Attempt: > 0 }, ..];

    /// <summary>Times in a day that <see cref="PeerTimer.KeepAlive"/> runs out.</summary>
    private int TurnsOfADay => Math.Max(1, (int)(Day / Options.Transmission.ExchangeLifetime));

    /// <inheritdoc/>
    public void OnFrame(ReadOnlySpan<byte> frame, IPeerEffects<CoapReply> effects)
    {
        _isQuiet = false;
        if (!CoapMessage.TryParse(frame, out var message, out var error))
        {
            // §4.2, §4.3: what cannot be read is rejected when it wants an answer, and else ignored.
            if (error is not (ParseError.Truncated or ParseError.UnsupportedVersion) && message.Type == CoapType.Confirmable)
            {
                SendEmpty(CoapType.Reset, message.MessageId, effects);
            }
        }
        else
        {
            error = Take(message, frame.Length, effects);
        }

        if (error != ParseError.None)
        {
            effects.Refuse(error, frame.Length);
            CountGuess(message.Type, effects);
        }

        Watch(effects);
        WatchIdleness(effects);
    }

    /// <inheritdoc/>
    public void OnTimer(PeerTimer timer, IPeerEffects<CoapReply> effects)
    {
        switch (timer)
        {
            case PeerTimer.Retry:
                Retransmit(effects);
                break;
            case PeerTimer.Progress:
                AcknowledgePending(effects);
                break;
            case PeerTimer.Ping:
                GiveUpExchanges(effects);
                break;
            case PeerTimer.Idle:
                GiveSessionBack(effects);
                break;
            case PeerTimer.KeepAlive:
                _isWatched = false;
                Turn(effects);
                break;
        }
    }

    /// <inheritdoc/>
    public void OnReleased(CoapReply reply, bool known, IPeerEffects<CoapReply> effects)
    {
        if (PendingOf(reply) is { } pending)
        {
            Settle(pending, new CoapResponse(CoapCode.Changed), effects);
        }
    }

    /// <inheritdoc/>
    public void OnClosed()
    {
        ForgetToken();
        ForgetBodies(_ => true);
    }

    private ParseError Take(in CoapMessage message, int octets, IPeerEffects<CoapReply> effects)
    {
        switch (message.Type)
        {
            case CoapType.Confirmable when message.Code == CoapCode.Empty:
                SendEmpty(CoapType.Reset, message.MessageId, effects); // CoAP ping (§4.3).
                return ParseError.None;
            case CoapType.Confirmable or CoapType.NonConfirmable when message.Code.IsRequest:
                OnRequest(message, octets, effects);
                return ParseError.None;
            case CoapType.Confirmable or CoapType.NonConfirmable:
                return OnSeparateResponse(message, effects);
            case CoapType.Acknowledgement:
                var error = OnAcknowledged(message.MessageId, effects);
                return message.Code.IsResponse ? OnResponse(message, effects) : error;
            default:
                return OnReset(message.MessageId, effects);
        }
    }

    private void OnRequest(in CoapMessage message, int octets, IPeerEffects<CoapReply> effects)
    {
        if (_messageIds.TryAdd(message.MessageId, out var answer))
        {
            Begin(message, octets, effects);
        }
        else if (answer.Frame is { } frame)
        {
            // A copy: the answer again (§4.5). Without one it is on its way. What is shorter than the request was is none, and pays for less.
            if (_isProven || frame.Length <= (Factor * octets) + Constant)
            {
                frame.CopyTo(effects.Send(frame.Length));
            }
        }
        else if (!answer.IsNone)
        {
            SendAcknowledgement(message.MessageId, answer.Code, message.Token, effects);
        }
    }

    /// <summary>A response in a message of its own (§5.2.2); one to nothing that was asked is rejected.</summary>
    private ParseError OnSeparateResponse(in CoapMessage message, IPeerEffects<CoapReply> effects)
    {
        var isCopy = !_messageIds.TryAdd(message.MessageId, out var answer);
        var error = isCopy ? ParseError.None : OnResponse(message, effects);
        if (message.Type == CoapType.Confirmable && !isCopy)
        {
            var type = error == ParseError.None ? CoapType.Acknowledgement : CoapType.Reset;
            answer = new SentAnswer(CoapCode.Empty, Empty(type, message.MessageId));
            _messageIds.SetAnswer(message.MessageId, answer);
        }

        answer.Frame?.CopyTo(effects.Send(answer.Frame.Length));
        return error;
    }

    private ParseError OnAcknowledged(ushort messageId, IPeerEffects<CoapReply> effects)
    {
        if (_outgoing is not [var first, ..] || !IsOnItsWay(first, messageId))
        {
            return ParseError.OutOfSequence;
        }

        _isProven = true;
        if (first.ReplacedMessageId is not null)
        {
            // The earlier value came through after all: the way is clear for the one that replaced it.
            first.Attempt = 0;
            Transmit(first, effects);
            return ParseError.None;
        }

        _outgoing.RemoveAt(0);
        if (first.Delivery.PacketId != 0)
        {
            effects.Acknowledge(first.Delivery.PacketId, first.Delivery.Qos == QualityOfService.ExactlyOnce ? Acknowledgement.PubRec : Acknowledgement.PubAck);
        }

        SendNext(effects);
        return ParseError.None;
    }

    /// <summary>A Reset says of a notification that nobody there knows of an observation (RFC 7641 §3.6), and of a ping that somebody is there.</summary>
    private ParseError OnReset(ushort messageId, IPeerEffects<CoapReply> effects)
    {
        var observation = _told.Find(told => told.MessageId == messageId).Observation;
        if (_outgoing is [var first, ..] && IsOnItsWay(first, messageId))
        {
            _isProven = true;
            observation ??= first.Observation;
            _outgoing.RemoveAt(0);
            Discard(first, DropCause.Refused, effects);
            SendNext(effects);
            if (first.Exchange is { } exchange)
            {
                Answer(exchange, new DeviceAnswer(null, "the device rejects it"), effects);
            }
        }
        else if (observation is null)
        {
            return ParseError.OutOfSequence;
        }

        if (observation is not null)
        {
            Forget(observation, effects);
        }

        return ParseError.None;
    }

    private static bool IsOnItsWay(OutgoingMessage message, ushort messageId) => messageId == (message.ReplacedMessageId ?? message.MessageId);

    private static void Discard(OutgoingMessage message, DropCause cause, IPeerEffects<CoapReply> effects)
    {
        if (message.Delivery.Message is not null)
        {
            effects.Discard(message.Delivery, cause);
        }
    }

    /// <summary>Sends again, after twice the wait each time, until it is known that nobody is there (§4.2).</summary>
    private void Retransmit(IPeerEffects<CoapReply> effects)
    {
        if (_outgoing is not [var first, ..])
        {
            return;
        }

        if (first.Attempt == Options.Transmission.MaxRetransmit)
        {
            // Whatever it observes: it is gone (RFC 7641 §4.5).
            FailExchanges("the device does not answer", effects);
            Part(effects);
            return;
        }

        first.Attempt++;
        Transmit(first, effects);
    }

    private void SendConfirmable(OutgoingMessage message, IPeerEffects<CoapReply> effects)
    {
        _outgoing.Add(message);
        if (_outgoing.Count == 1)
        {
            Transmit(message, effects);
        }
    }

    /// <summary>Asks whether somebody is there: an empty Confirmable message, which everybody answers with a Reset (§4.3).</summary>
    private void Ping(IPeerEffects<CoapReply> effects)
    {
        var messageId = NextMessageId();
        SendConfirmable(new OutgoingMessage { MessageId = messageId, Frame = Empty(CoapType.Confirmable, messageId), Draw = _server.Random.NextDouble() }, effects);
    }

    private void SendNext(IPeerEffects<CoapReply> effects)
    {
        if (_outgoing is [var next, ..])
        {
            Transmit(next, effects);
        }
        else
        {
            effects.Disarm(PeerTimer.Retry);
        }
    }

    private void Transmit(OutgoingMessage message, IPeerEffects<CoapReply> effects)
    {
        message.ReplacedMessageId = null;
        message.Frame.CopyTo(effects.Send(message.Frame.Length));
        effects.Arm(PeerTimer.Retry, Options.Transmission.TimeoutAfter(message.Attempt, message.Draw));
    }

    private static void SendAcknowledgement(ushort messageId, CoapCode code, ReadOnlySpan<byte> token, IPeerEffects<CoapReply> effects)
    {
        _ = new CoapWriter(effects.Send(CoapMessage.HeaderSize + token.Length), CoapType.Acknowledgement, code, messageId, token);
    }

    private static void SendEmpty(CoapType type, ushort messageId, IPeerEffects<CoapReply> effects)
    {
        _ = new CoapWriter(effects.Send(CoapMessage.HeaderSize), type, CoapCode.Empty, messageId);
    }

    private static byte[] Empty(CoapType type, ushort messageId)
    {
        var frame = new byte[CoapMessage.HeaderSize];
        _ = new CoapWriter(frame, type, CoapCode.Empty, messageId);
        return frame;
    }

    private ushort NextMessageId() => ++_lastMessageId;

    /// <summary>Once in EXCHANGE_LIFETIME it is time to forget Message IDs and bodies, and perhaps the end point; once in a day, to ask one whether it is there.</summary>
    private void Turn(IPeerEffects<CoapReply> effects)
    {
        _messageIds.Turn();
        ForgetBodies(body => body.IsStale);
        _bodies.ForEach(body => body.Assembly.IsStale = true);
        _turns++;
        _quietTurns = _isQuiet ? _quietTurns + 1 : 0;
        if (_isQuiet)
        {
            _begun.Clear(); // Nobody fetches the rest any more.
        }

        if (_quietTurns > 0 && _observations.Count == 0 && _pending.Count == 0 && _outgoing.Count == 0 && _exchanges.Count == 0 && _token is null)
        {
            Leave(effects);
            return;
        }

        foreach (var observation in _observations)
        {
            observation.IsInDoubt |= _quietTurns > 0 || _turns % TurnsOfADay == 0;
        }

        if (_quietTurns >= TurnsOfADay)
        {
            _quietTurns = 0;
            Ping(effects);
        }

        _isQuiet = true;
        Watch(effects);
    }

    private void Watch(IPeerEffects<CoapReply> effects)
    {
        if (!_isWatched)
        {
            _isWatched = true;
            effects.Arm(PeerTimer.KeepAlive, Options.Transmission.ExchangeLifetime);
        }
    }
}
