using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Protocols.Coap.Codec;
using Edge.Protocols.Coap.Resources;

namespace Edge.Protocols.Coap;

/// <content>Topics as resources below <c>/ps</c>: POST and PUT publish, GET reads what is retained, GET with Observe subscribes, DELETE clears.</content>
public sealed partial class CoapPeer
{
    private const string Topics = "ps";

    private static readonly Link[] Links = [new($"/{Topics}", ("rt", "core.ps"), ("obs", null), ("title", "Topics: POST, PUT, GET, DELETE"))];

    /// <summary>Publishes at QoS 0 and 1, observes, reads: whatever it asks of the broker needs a session. This is who it was asked for.</summary>
    private Identity? _identity;
    private State _state;

    private enum State : byte
    {
        /// <summary>No session.</summary>
        Idle,

        /// <summary>The broker was asked for one; requests wait.</summary>
        Connecting,
        Connected,
    }

    /// <inheritdoc/>
    public void OnConnected(ConnectOutcome outcome, IPeerEffects<CoapReply> effects)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        _state = outcome.Session is null ? State.Idle : State.Connected;
        _identity = outcome.Session is null ? null : _identity;
        foreach (var pending in _pending.ToArray())
        {
            if (outcome.Session is null)
            {
                Complete(pending, ToResponse(outcome.Refusal), effects);
            }
            else
            {
                Carry(pending, effects);
            }
        }
    }

    /// <inheritdoc/>
    public void OnPublished(CoapReply reply, PublishOutcome outcome, IPeerEffects<CoapReply> effects)
    {
        if (_pending.Find(pending => pending.Number == reply.Number) is not { } pending)
        {
            return;
        }

        if (pending.PacketId != 0 && outcome is PublishOutcome.Accepted or PublishOutcome.NoMatchingSubscribers)
        {
            effects.Release(pending.PacketId, reply); // A copy of the request is known by its Message ID.
            return;
        }

        Complete(pending, outcome switch
        {
            PublishOutcome.Accepted or PublishOutcome.NoMatchingSubscribers or PublishOutcome.Repeated =>
                new CoapResponse(pending.Request.Method == CoapCode.Delete ? CoapCode.Deleted : CoapCode.Changed),
            PublishOutcome.NotAuthorized => Forbidden(),
            PublishOutcome.TopicInvalid => Refusal(CoapCode.BadRequest, "invalid topic"),
            PublishOutcome.QuotaExceeded => Refusal(CoapCode.TooManyRequests, "a limit is reached") with { MaxAge = 1 },
            PublishOutcome.TooLarge => Refusal(CoapCode.RequestEntityTooLarge, "too long to be retained"),
            _ => Refusal(CoapCode.ServiceUnavailable, "the session has ended"),
        }, effects);
    }

    /// <inheritdoc/>
    public void OnDetached(DetachReason reason, IPeerEffects<CoapReply> effects) => Leave(publishWill: false, effects);

    private static byte[] TagOf(Message message)
    {
        var octets = new byte[SHA256.HashSizeInBytes];
        SHA256.HashData([.. message.Payload.Span, 0, .. Encoding.UTF8.GetBytes(message.Properties?.ContentType ?? "")], octets);
        return octets[..8];
    }

    private static CoapResponse Forbidden() => Refusal(CoapCode.Unauthorized, "not permitted");

    private static CoapResponse ToResponse(ConnectRefusal refusal) => refusal switch
    {
        ConnectRefusal.ClientIdInvalid => Refusal(CoapCode.BadRequest, "invalid clientid"),
        ConnectRefusal.QuotaExceeded or ConnectRefusal.Unavailable => Refusal(CoapCode.ServiceUnavailable, "no room at present") with { MaxAge = 5 },
        _ => Refusal(CoapCode.Unauthorized, "not permitted"),
    };

    private void Dispatch(PendingRequest pending, IPeerEffects<CoapReply> effects)
    {
        var request = pending.Request;
        switch (request.Path)
        {
            case [".well-known", "core"]:
                Complete(pending, request.Method == CoapCode.Get ? Core(request) : Refusal(CoapCode.MethodNotAllowed, "GET it"), effects);
                break;
            case [Topics, ..] when request.Method == CoapCode.Get || request.Method == CoapCode.Post || request.Method == CoapCode.Put || request.Method == CoapCode.Delete:
                NeedSession(pending, effects);
                break;
            case [Topics, ..]:
                Complete(pending, Refusal(CoapCode.MethodNotAllowed, "GET, POST, PUT or DELETE it"), effects);
                break;
            default:
                Complete(pending, Refusal(CoapCode.NotFound, "topics are below /ps"), effects);
                break;
        }
    }

    private static CoapResponse Core(CoapRequest request) =>
        request.Accept is { } accept && accept != ContentFormat.LinkFormat
            ? new CoapResponse(CoapCode.NotAcceptable)
            : new CoapResponse(CoapCode.Content)
            {
                Body = Encoding.UTF8.GetBytes(Link.Format(Links.Where(link => link.Matches(request.Query)))),
                ContentFormat = ContentFormat.LinkFormat,
            };

    /// <summary>Carries a request out in the session of who asks, which is made if it is not there. Another identity ends the session of the one before.</summary>
    private void NeedSession(PendingRequest pending, IPeerEffects<CoapReply> effects)
    {
        var request = pending.Request;
        var identity = new Identity(request.ValueOf("clientid", "c") ?? "", request.ValueOf("username", "u"), request.ValueOf("password", "p"));
        if (_state == State.Connected && identity == _identity)
        {
            Carry(pending, effects);
        }
        else if (_state != State.Connecting)
        {
            _observations.Clear();
            (_state, _identity) = (State.Connecting, identity);
            effects.Connect(new ConnectRequest
            {
                ClientId = identity.ClientId,
                UserName = identity.UserName,
                Password = identity.Password is { } password ? Encoding.UTF8.GetBytes(password) : null,
                ReceiveMaximum = 1,
                Peer = _address,
                Protocol = "CoAP",
            });
        }
        else if (identity != _identity)
        {
            Complete(pending, Refusal(CoapCode.ServiceUnavailable, "another client comes in from here") with { MaxAge = 1 }, effects);
        }
    }

    private void Carry(PendingRequest pending, IPeerEffects<CoapReply> effects)
    {
        var request = pending.Request;
        var topic = string.Join('/', request.Path.Skip(1));
        var isName = TopicName.TryParse(topic, out var name);
        if (request.Method == CoapCode.Get && request.Observe is 0)
        {
            Observe(pending, topic, effects);
        }
        else if (request.Method == CoapCode.Get && request.Observe is 1 && _observations.Find(observation => observation.Filter.ToString() == topic) is { } observation)
        {
            _observations.Remove(observation);
            effects.Unsubscribe([observation.Filter], new CoapReply(pending.Number));
        }
        else if (!isName)
        {
            Complete(pending, Refusal(CoapCode.BadRequest, topic.Length == 0 ? "no topic" : "wildcards are for Observe"), effects);
        }
        else if (request.Method == CoapCode.Get)
        {
            Complete(pending, Current(pending, effects), effects);
        }
        else if (!MeetsPreconditions(request, name, effects))
        {
            Complete(pending, new CoapResponse(CoapCode.PreconditionFailed), effects);
        }
        else if (TryMakeMessage(pending, name, out var message, out var why))
        {
            pending.PacketId = message.Qos == QualityOfService.ExactlyOnce ? (ushort)((pending.Number % ushort.MaxValue) + 1) : (ushort)0;
            effects.Publish(message, pending.PacketId, new CoapReply(pending.Number));
        }
        else
        {
            Complete(pending, Refusal(CoapCode.BadRequest, why), effects);
        }
    }

    private static bool MeetsPreconditions(CoapRequest request, TopicName topic, IPeerEffects<CoapReply> effects)
    {
        if (request.IfMatch.Count == 0 && !request.IfNoneMatch)
        {
            return true;
        }

        var tag = effects.TryRead(topic, out var message) && message is not null ? TagOf(message) : null;
        return request.IfNoneMatch ? tag is null : tag is not null && request.IfMatch.Exists(wanted => wanted.Length == 0 || wanted.AsSpan().SequenceEqual(tag));
    }

    private bool TryMakeMessage(PendingRequest pending, TopicName topic, out Message message, out string why)
    {
        var request = pending.Request;
        (message, why) = (new Message { Topic = topic, Payload = default }, "");
        if (request.Method == CoapCode.Delete)
        {
            message = message with { Qos = QualityOfService.AtLeastOnce, Retain = true };
            return true;
        }

        if (!TryGetQos(pending, out var qos))
        {
            why = "qos must be 0, 1 or 2";
            return false;
        }

        uint seconds = 0;
        var expiry = request.ValueOf("expiry", "expiry");
        if (expiry is not null && !uint.TryParse(expiry, NumberStyles.None, CultureInfo.InvariantCulture, out seconds))
        {
            why = "expiry must be a number of seconds";
            return false;
        }

        var mediaType = request.ContentFormat is { } format ? ContentFormat.MediaTypeOf(format) : null;
        message = message with
        {
            Payload = request.Payload,
            Qos = qos,
            Retain = request.ValueOf("retain", "r") is "" or "true" or "1",
            ExpiresAt = expiry is null ? null : _clock.GetUtcNow() + TimeSpan.FromSeconds(seconds),
            Properties = mediaType is null ? null : new MessageProperties { ContentType = mediaType, PayloadIsText = request.ContentFormat == ContentFormat.Text ? true : null },
        };
        return true;
    }

    /// <summary>QoS that the query asks for; else 1 for Confirmable and 0 for Non-confirmable.</summary>
    private static bool TryGetQos(PendingRequest pending, out QualityOfService qos)
    {
        var asked = pending.Request.ValueOf("qos", "q");
        qos = asked switch
        {
            null => pending.Type == CoapType.Confirmable ? QualityOfService.AtLeastOnce : QualityOfService.AtMostOnce,
            "1" => QualityOfService.AtLeastOnce,
            "2" => QualityOfService.ExactlyOnce,
            _ => QualityOfService.AtMostOnce,
        };
        return asked is null or "0" or "1" or "2";
    }

    /// <summary>The retained message of the topic that a request names.</summary>
    private CoapResponse Current(PendingRequest pending, IPeerEffects<CoapReply> effects)
    {
        var request = pending.Request;
        if (!TopicName.TryParse(string.Join('/', request.Path.Skip(1)), out var topic))
        {
            return new CoapResponse(CoapCode.Content); // The end of an observation of many.
        }

        // What comes after the first block of a notification is still to be had, also where nothing is retained.
        var latest = request.Block2 is { Number: > 0 } ? _observations.Find(observation => observation.Filter.ToString() == topic.ToString())?.Latest : null;
        if (!effects.TryRead(topic, out var message))
        {
            return Forbidden();
        }

        return (message ?? latest) is not { } found ? Refusal(CoapCode.NotFound, "nothing is retained")
            : request.Accept is { } accept && FormatOf(found) is { } format && accept != format ? new CoapResponse(CoapCode.NotAcceptable)
            : TagOf(found) is var tag && request.ETags.Exists(known => known.AsSpan().SequenceEqual(tag)) ? new CoapResponse(CoapCode.Valid) { ETag = tag, MaxAge = AgeOf(found) }
            : ToContent(found) with { ETag = tag };
    }

    private CoapResponse ToContent(Message message) => new(CoapCode.Content) { Body = message.Payload, ContentFormat = FormatOf(message), MaxAge = AgeOf(message) };

    private static ushort? FormatOf(Message message) =>
        message.Properties?.ContentType is { } mediaType ? ContentFormat.Of(mediaType) : message.Properties?.PayloadIsText == true ? ContentFormat.Text : null;

    /// <summary>Seconds until it expires; 0 when it never does, as another may take its place at any time.</summary>
    private uint AgeOf(Message message) => message.ExpiresAt is { } expiry ? (uint)Math.Clamp((expiry - _clock.GetUtcNow()).TotalSeconds, 0, uint.MaxValue) : 0;

    private void Leave(bool publishWill, IPeerEffects<CoapReply> effects)
    {
        _outgoing.Clear();
        _observations.Clear();
        _pending.Clear();
        (_state, _identity) = (State.Idle, null);
        effects.Disarm(PeerTimer.Retry);
        effects.Disarm(PeerTimer.Progress);
        effects.Disarm(PeerTimer.KeepAlive);
        effects.Close(publishWill);
    }

    /// <summary>Who asks, as the query says.</summary>
    private sealed record Identity(string ClientId, string? UserName, string? Password);
}
