using System.Diagnostics.CodeAnalysis;
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

    /// <inheritdoc/>
    public void OnPublished(CoapReply reply, PublishOutcome outcome, IPeerEffects<CoapReply> effects)
    {
        if (PendingOf(reply) is not { } pending)
        {
            return;
        }

        if (pending.PacketId != 0 && outcome is PublishOutcome.Accepted or PublishOutcome.NoMatchingSubscribers)
        {
            effects.Release(PacketIdOf(reply.Number, QualityOfService.ExactlyOnce), reply); // A copy of the request is known by its Message ID.
            return;
        }

        Settle(pending, ToResponse(pending, outcome), effects);
    }

    private static CoapResponse ToResponse(PendingRequest pending, PublishOutcome outcome) => outcome switch
    {
        PublishOutcome.Accepted or PublishOutcome.NoMatchingSubscribers or PublishOutcome.Repeated =>
            new CoapResponse(pending.Request.Method == CoapCode.Delete ? CoapCode.Deleted : CoapCode.Changed),
        PublishOutcome.NotAuthorized => Forbidden(),
        PublishOutcome.TopicInvalid => Refusal(CoapCode.BadRequest, "invalid topic"),
        PublishOutcome.QuotaExceeded => Refusal(CoapCode.TooManyRequests, "a limit is reached") with { MaxAge = 1 },
        PublishOutcome.TooLarge => Refusal(CoapCode.RequestEntityTooLarge, "too long to be retained"),
        _ => Refusal(CoapCode.ServiceUnavailable, "the session has ended"),
    };

    private static byte[] TagOf(Message message)
    {
        var octets = new byte[SHA256.HashSizeInBytes];
        SHA256.HashData([.. message.Payload.Span, 0, .. Encoding.UTF8.GetBytes(message.Properties?.ContentType ?? "")], octets);
        return octets[..8];
    }

    private static CoapResponse Forbidden() => Refusal(CoapCode.Unauthorized, "not permitted");

    private void Dispatch(PendingRequest pending, IPeerEffects<CoapReply> effects)
    {
        var request = pending.Request;
        switch (request.Path)
        {
            case [".well-known", "core"]:
                Complete(pending, request.Method == CoapCode.Get ? Core(request) : Refusal(CoapCode.MethodNotAllowed, "GET it"), effects);
                break;
            case ["mqtt", "connection"]:
                DispatchConnection(pending, effects);
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
                Body = WellKnownCore.Matching(request.Query),
                ContentFormat = ContentFormat.LinkFormat,
            };

    private void Carry(PendingRequest pending, IPeerEffects<CoapReply> effects)
    {
        var request = pending.Request;
        var topic = request.Topic;
        var isName = TopicName.TryParse(topic, out var name);
        var isOfRest = request.Method == CoapCode.Get && request.Block2 is { Number: > 0 };
        if (isOfRest && _begun.Find(begun => begun.Path == request.WholePath) is { Path: not null } begun)
        {
            // RFC 7959 §2.6: the rest of a body is not observed. Who asks so all the same wants it back (npm's coap).
            var isObserver = request.Observe is 0 && _observations.Exists(observation => observation.Token.AsSpan().SequenceEqual(pending.Token));
            Complete(pending, begun.Response with { Observe = isObserver ? NextStep() : null }, effects);
        }
        else if (request.Method == CoapCode.Get && request.Observe is 0 && !isOfRest)
        {
            Observe(pending, topic, effects);
        }
        else if (request.Method == CoapCode.Get && request.Observe is 1
            && _observations.Find(observation => observation.Filter.ToString() == topic && !pending.Token.AsSpan().SequenceEqual(observation.FormerToken)) is { } observation)
        {
            Forget(observation, effects, new CoapReply(pending.Number));
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
        else if (IsSplit(request))
        {
            PublishRecords(pending, name, effects);
        }
        else if (TryMakeMessage(pending, name, out var message, out var why))
        {
            pending.PacketId = PacketIdOf(pending.Number, message.Qos);
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
        return request.IfNoneMatch ? tag is null : tag is not null && request.IfMatch.Any(wanted => wanted.Length == 0 || wanted.AsSpan().SequenceEqual(tag));
    }

    private bool TryMakeMessage(PendingRequest pending, TopicName topic, [NotNullWhen(true)] out Message? message, out string why)
    {
        var request = pending.Request;
        (message, why) = (null, "");
        if (request.Method == CoapCode.Delete)
        {
            message = new Message { Topic = topic, Payload = default, Qos = QualityOfService.AtLeastOnce, Retain = true };
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
        message = new Message
        {
            Topic = topic,
            Payload = request.Payload,
            Qos = qos,
            Retain = request.ValueOf("retain", "r") is "" or "true" or "1",
            ExpiresAt = expiry is null ? null : _server.Clock.GetUtcNow() + TimeSpan.FromSeconds(seconds),
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
        if (!TopicName.TryParse(request.Topic, out var topic))
        {
            return new CoapResponse(CoapCode.Content); // The end of an observation of many.
        }

        if (!effects.TryRead(topic, out var message))
        {
            return Forbidden();
        }

        return message is not { } found ? Refusal(CoapCode.NotFound, "nothing is retained")
            : request.Accept is { } accept && IsTyped(found) && accept != FormatOf(found) ? new CoapResponse(CoapCode.NotAcceptable)
            : TagOf(found) is var tag && request.ETags.Any(known => known.AsSpan().SequenceEqual(tag)) ? new CoapResponse(CoapCode.Valid) { ETag = tag, MaxAge = AgeOf(found) }
            : ToContent(found) with { ETag = tag };
    }

    private CoapResponse ToContent(Message message) => new(CoapCode.Content) { Body = message.Payload, ContentFormat = FormatOf(message), MaxAge = AgeOf(message) };

    /// <summary>Whether the publisher has said what it is; what is not typed may be what is asked for.</summary>
    private static bool IsTyped(Message message) => message.Properties is { ContentType: not null } or { PayloadIsText: true };

    private static ushort? FormatOf(Message message) =>
        message.Properties?.ContentType is { } mediaType ? ContentFormat.Of(mediaType) : message.Properties?.PayloadIsText == true ? ContentFormat.Text : null;

    /// <summary>Seconds until it expires; 0 when it never does, as another may take its place at any time.</summary>
    private uint AgeOf(Message message) => message.ExpiresAt is { } expiry ? (uint)Math.Clamp((expiry - _server.Clock.GetUtcNow()).TotalSeconds, 0, uint.MaxValue) : 0;
}
