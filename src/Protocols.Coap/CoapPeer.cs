using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Messaging.Wire;
using Edge.Protocols.Coap.Codec;
using Edge.Protocols.Coap.Reliability;

namespace Edge.Protocols.Coap;

/// <summary>One end point that speaks CoAP, as the gateway sees it: its messages, and the topics that are resources to it (RFC 7252 §4).</summary>
/// <remarks>
/// In three layers: messages here, requests and responses in CoapPeer.Requests.cs, topics in CoapPeer.Topics.cs. An end point that observes nothing and
/// asks for nothing for as long as a Message ID means something is forgotten.
/// </remarks>
public sealed partial class CoapPeer : IPeer<CoapReply>
{
    /// <summary>Message IDs of one generation that are kept: with one exchange at a time (NSTART, §4.7) a busy client needs a few hundred.</summary>
    private const int MaxMessageIds = 256;

    private readonly CoapOptions _options;
    private readonly string _address;
    private readonly TimeProvider _clock;
    private readonly Random _random;
    private readonly MessageIdCache _messageIds = new(MaxMessageIds);
    private readonly Queue<OutgoingMessage> _outgoing = new();
    private ushort _lastMessageId;
    private bool _isQuiet;
    private bool _isWatched;

    /// <param name="options">Settings of the gateway.</param>
    /// <param name="address">Where the end point is, for logs and rules, such as <c>192.0.2.7:50123</c>.</param>
    /// <param name="clock">Turns an expiry into an instant.</param>
    /// <param name="random">Spreads waits and Message IDs.</param>
    public CoapPeer(CoapOptions options, string address, TimeProvider clock, Random random)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentNullException.ThrowIfNull(random);
        (_options, _address, _clock, _random) = (options, address, clock, random);
        _lastMessageId = (ushort)random.Next(ushort.MaxValue + 1);
    }

    /// <inheritdoc/>
    public bool WantsDelivery => _state == State.Connected && _outgoing.Count == 0;

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
            error = Take(message, effects);
        }

        if (error != ParseError.None)
        {
            effects.Refuse(error, frame.Length);
        }

        Watch(effects);
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
            case PeerTimer.KeepAlive:
                _isWatched = false;
                _messageIds.Turn();
                if (_isQuiet && _observations.Count == 0 && _pending.Count == 0)
                {
                    Leave(publishWill: false, effects);
                    break;
                }

                _isQuiet = true;
                Watch(effects);
                break;
        }
    }

    /// <inheritdoc/>
    public void OnReleased(CoapReply reply, bool known, IPeerEffects<CoapReply> effects) => Complete(reply, CoapCode.Changed, effects);

    private ParseError Take(in CoapMessage message, IPeerEffects<CoapReply> effects)
    {
        switch (message.Type)
        {
            case CoapType.Confirmable when message.Code == CoapCode.Empty:
                SendEmpty(CoapType.Reset, message.MessageId, effects); // CoAP ping (§4.3).
                return ParseError.None;
            case CoapType.Confirmable or CoapType.NonConfirmable when message.Code.IsRequest:
                OnRequest(message, effects);
                return ParseError.None;
            case CoapType.Confirmable:
                SendEmpty(CoapType.Reset, message.MessageId, effects); // A response to nothing that was asked.
                return ParseError.OutOfSequence;
            case CoapType.Acknowledgement:
                return OnAcknowledged(message.MessageId, effects);
            case CoapType.Reset:
                return OnReset(message.MessageId, effects);
            default:
                return ParseError.OutOfSequence;
        }
    }

    private void OnRequest(in CoapMessage message, IPeerEffects<CoapReply> effects)
    {
        if (!_messageIds.TryAdd(message.MessageId, out var answer))
        {
            answer?.CopyTo(effects.Send(answer.Length)); // A copy: the answer again, or it is on its way (§4.5).
            return;
        }

        Begin(message, effects);
    }

    private ParseError OnAcknowledged(ushort messageId, IPeerEffects<CoapReply> effects)
    {
        if (!_outgoing.TryPeek(out var first) || first.MessageId != messageId)
        {
            return ParseError.OutOfSequence;
        }

        _outgoing.Dequeue();
        if (first.PacketId != 0)
        {
            effects.Acknowledge(first.PacketId, first.IsExactlyOnce ? Acknowledgement.PubRec : Acknowledgement.PubAck);
        }

        SendNext(effects);
        return ParseError.None;
    }

    /// <summary>A Reset says of a notification that nobody there knows of an observation (RFC 7641 §3.6).</summary>
    private ParseError OnReset(ushort messageId, IPeerEffects<CoapReply> effects)
    {
        var observation = _observations.Find(observation => observation.LastMessageId == messageId && observation.Sequence > 0);
        if (_outgoing.TryPeek(out var first) && first.MessageId == messageId)
        {
            observation ??= first.Observation;
            _outgoing.Dequeue();
            if (first.PacketId != 0)
            {
                effects.Discard(new Delivery(DeliveryKind.Publish, first.PacketId, null, QualityOfService.AtLeastOnce, false, false, null), DropCause.Refused);
            }

            SendNext(effects);
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

    /// <summary>Sends again, after twice the wait each time, until it is known that nobody is there (§4.2).</summary>
    private void Retransmit(IPeerEffects<CoapReply> effects)
    {
        if (!_outgoing.TryPeek(out var first))
        {
            return;
        }

        if (first.Attempt == _options.Transmission.MaxRetransmit)
        {
            // Whatever it observes: it is gone (RFC 7641 §4.5).
            Leave(publishWill: true, effects);
            return;
        }

        first.Attempt++;
        Transmit(first, effects);
    }

    private void SendConfirmable(OutgoingMessage message, IPeerEffects<CoapReply> effects)
    {
        _outgoing.Enqueue(message);
        if (_outgoing.Count == 1)
        {
            Transmit(message, effects);
        }
    }

    private void SendNext(IPeerEffects<CoapReply> effects)
    {
        if (_outgoing.TryPeek(out var next))
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
        message.Frame.CopyTo(effects.Send(message.Frame.Length));
        effects.Arm(PeerTimer.Retry, _options.Transmission.TimeoutAfter(message.Attempt, message.Draw));
    }

    private static void SendEmpty(CoapType type, ushort messageId, IPeerEffects<CoapReply> effects)
    {
        _ = new CoapWriter(effects.Send(CoapMessage.HeaderSize), type, CoapCode.Empty, messageId);
    }

    private ushort NextMessageId() => ++_lastMessageId;

    /// <summary>Once in EXCHANGE_LIFETIME it is time to forget Message IDs, and perhaps the end point.</summary>
    private void Watch(IPeerEffects<CoapReply> effects)
    {
        if (!_isWatched)
        {
            _isWatched = true;
            effects.Arm(PeerTimer.KeepAlive, _options.Transmission.ExchangeLifetime);
        }
    }
}
