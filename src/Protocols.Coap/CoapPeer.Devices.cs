using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Messaging.Wire;
using Edge.Protocols.Coap.Codec;
using Edge.Protocols.Coap.Devices;
using Edge.Protocols.Coap.Transfer;

namespace Edge.Protocols.Coap;

/// <content>Requests to the device: what is published to <c>$coap/{clientid}/request</c> becomes a request, and its answer a message.</content>
/// <remarks>Both go by the session of the device, so that the access list says of it whether it may be asked and may answer.</remarks>
public sealed partial class CoapPeer
{
    /// <summary>Subscription Identifier of the topic for requests: the highest, which no observation gets.</summary>
    private const uint RequestsIdentifier = 268_435_455;

    private readonly List<DeviceExchange> _exchanges = [];
    private uint _lastToken;

    private static string RequestTopic(string clientId) => $"$coap/{clientId}/request";

    private static string ResponseTopic(string clientId) => $"$coap/{clientId}/response";

    /// <summary>Has a client that can be named take requests.</summary>
    private static void TakeRequests(string clientId, IPeerEffects<CoapReply> effects)
    {
        // A name, so that nobody called "+" gets the requests of others.
        if (clientId.Length > 0 && TopicName.TryParse(RequestTopic(clientId), out var topic) && TopicFilter.TryParse(topic.ToString(), out var filter))
        {
            effects.Subscribe([new Subscription { Filter = filter, MaximumQos = QualityOfService.AtLeastOnce, Identifier = RequestsIdentifier }], default(CoapReply));
        }
    }

    private void Ask(in Delivery delivery, IPeerEffects<CoapReply> effects)
    {
        var isRead = DeviceRequest.TryRead(delivery.Message!, out var request, out var why);
        var exchange = new DeviceExchange(request, delivery, _server.Clock.GetTimestamp() + (long)(request.Timeout.TotalSeconds * _server.Clock.TimestampFrequency)) { Token = NextToken() };
        _exchanges.Add(exchange);
        if (!isRead)
        {
            Answer(exchange, new DeviceAnswer(null, why), effects);
        }
        else if (request.Payload.Length > Options.BlockSize)
        {
            Answer(exchange, new DeviceAnswer(null, $"payload must have no more than {Options.BlockSize} octets"), effects);
        }
        else if (!TryEncode(exchange, block: null, out var frame, out var messageId))
        {
            Answer(exchange, new DeviceAnswer(null, "path must be no longer than 512 octets, and no part of it than 255"), effects);
        }
        else
        {
            SendConfirmable(new OutgoingMessage { MessageId = messageId, Frame = frame, Draw = _server.Random.NextDouble(), Exchange = exchange }, effects);
            WatchDeadlines(effects);
        }
    }

    /// <summary>Takes the response to a request of ours, in an Acknowledgement or in a message of its own.</summary>
    private ParseError OnResponse(in CoapMessage message, IPeerEffects<CoapReply> effects)
    {
        var token = message.Token;
        var index = -1;
        for (var i = 0; i < _exchanges.Count && index < 0; i++)
        {
            index = token.SequenceEqual(_exchanges[i].Token) ? i : -1;
        }

        if (index < 0)
        {
            return ParseError.OutOfSequence;
        }

        var exchange = _exchanges[index];
        NoLongerSend(exchange, effects); // The response stands for an Acknowledgement that was lost (RFC 7252 §4.2).
        var isReadable = AnswerPart.TryRead(message, out var part);
        var before = exchange.Body.WrittenCount;
        if (!isReadable)
        {
            Answer(exchange, new DeviceAnswer(null, "the answer cannot be read"), effects);
        }
        else if (before > 0 && (message.Code != CoapCode.Content || part.Block?.Offset != before || !part.ETag.AsSpan().SequenceEqual(exchange.ETag)))
        {
            Answer(exchange, new DeviceAnswer(null, "the answer has changed while it was fetched"), effects);
        }
        else if (part.Block?.Offset > before || before + message.Payload.Length > Options.MaxBlockBody)
        {
            Answer(exchange, new DeviceAnswer(null, "the answer is longer than it may be, or not whole"), effects);
        }
        else
        {
            exchange.Body.Write(message.Payload);
            exchange.ETag = part.ETag;
            if (part.Block is not { IsMore: true } further)
            {
                Answer(exchange, new DeviceAnswer(message.Code) { ContentFormat = part.ContentFormat, Body = exchange.Body.WrittenMemory }, effects);
            }
            else
            {
                exchange.Token = NextToken();
                TryEncode(exchange, further with { Number = further.Number + 1, IsMore = false }, out var frame, out var messageId);
                SendConfirmable(new OutgoingMessage { MessageId = messageId, Frame = frame, Draw = _server.Random.NextDouble(), Exchange = exchange }, effects);
            }
        }

        return ParseError.None;
    }

    private void Answer(DeviceExchange exchange, in DeviceAnswer answer, IPeerEffects<CoapReply> effects)
    {
        _exchanges.Remove(exchange);
        if (_identity is { } identity && TopicName.TryParse(ResponseTopic(identity.ClientId), out var topic))
        {
            effects.Publish(answer.ToMessage(exchange.Request, topic), 0, default(CoapReply));
        }

        if (exchange.Delivery.PacketId != 0)
        {
            effects.Acknowledge(exchange.Delivery.PacketId, Acknowledgement.PubAck);
        }

        WatchDeadlines(effects);
    }

    /// <summary>Requests whose time is over are answered so.</summary>
    private void GiveUpExchanges(IPeerEffects<CoapReply> effects)
    {
        var now = _server.Clock.GetTimestamp();
        foreach (var late in _exchanges.Where(exchange => exchange.Deadline <= now).ToArray())
        {
            NoLongerSend(late, effects);
            Answer(late, new DeviceAnswer(null, "timeout"), effects);
        }

        WatchDeadlines(effects);
    }

    private void FailExchanges(string error, IPeerEffects<CoapReply> effects)
    {
        foreach (var exchange in _exchanges.ToArray())
        {
            Answer(exchange, new DeviceAnswer(null, error), effects);
        }
    }

    private void NoLongerSend(DeviceExchange exchange, IPeerEffects<CoapReply> effects)
    {
        var isFirst = _outgoing is [var first, ..] && first.Exchange == exchange;
        _outgoing.RemoveAll(message => message.Exchange == exchange);
        if (isFirst)
        {
            SendNext(effects);
        }
    }

    private void WatchDeadlines(IPeerEffects<CoapReply> effects)
    {
        if (_exchanges.Count == 0)
        {
            effects.Disarm(PeerTimer.Ping);
            return;
        }

        var left = _server.Clock.GetElapsedTime(_server.Clock.GetTimestamp(), _exchanges.Min(exchange => exchange.Deadline));
        effects.Arm(PeerTimer.Ping, left > TimeSpan.Zero ? left : TimeSpan.FromTicks(1));
    }

    private byte[] NextToken()
    {
        var token = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(token, _lastToken = _lastToken == 0 ? (uint)_server.Random.Next() : _lastToken + 1);
        return token;
    }

    private bool TryEncode(DeviceExchange exchange, Block? block, out byte[] frame, out ushort messageId)
    {
        var request = exchange.Request;
        var (path, query) = request.Path.Split('?', 2) is [var before, var after] ? (before, after) : (request.Path, "");
        string[] segments = [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString)];
        string[] arguments = [.. query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString)];
        (frame, messageId) = ([], NextMessageId());
        if (Encoding.UTF8.GetByteCount(request.Path) > MaxPath || segments.Concat(arguments).Any(part => Encoding.UTF8.GetByteCount(part) > byte.MaxValue))
        {
            return false;
        }

        Span<byte> buffer = stackalloc byte[MaxOverhead + 1_024];
        var writer = new CoapWriter(buffer, CoapType.Confirmable, request.Method, messageId, exchange.Token);
        foreach (var segment in segments)
        {
            writer.WriteOption(OptionNumber.UriPath, segment);
        }

        if (request.ContentFormat is { } format && !request.Payload.IsEmpty)
        {
            writer.WriteOption(OptionNumber.ContentFormat, format);
        }

        foreach (var argument in arguments)
        {
            writer.WriteOption(OptionNumber.UriQuery, argument);
        }

        if (request.Accept is { } accept)
        {
            writer.WriteOption(OptionNumber.Accept, accept);
        }

        if (block is { } wanted)
        {
            writer.WriteOption(OptionNumber.Block2, wanted.Value);
        }

        writer.WritePayload(request.Payload.Span);
        frame = buffer[..writer.Written].ToArray();
        return true;
    }
}
