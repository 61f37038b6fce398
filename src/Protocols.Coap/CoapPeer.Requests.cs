using System.Text;
using Edge.Messaging.Peers;
using Edge.Protocols.Coap.Codec;
using Edge.Protocols.Coap.Resources;
using Edge.Protocols.Coap.Transfer;

namespace Edge.Protocols.Coap;

/// <content>Requests and responses (RFC 7252 §5), and bodies in blocks (RFC 7959).</content>
public sealed partial class CoapPeer
{
    /// <summary>Octets of the longest topic that a notification can name.</summary>
    private const int MaxPath = 512;

    /// <summary>Octets of a message beside its payload, at most: a path, each segment with its option, and options that are short.</summary>
    private const int MaxOverhead = (2 * MaxPath) + 128;

    /// <summary>How soon a Confirmable request that the broker is busy with is acknowledged, so that it is not sent again (§5.2.2).</summary>
    private static readonly TimeSpan AcknowledgeAfter = TimeSpan.FromSeconds(1);

    private readonly List<PendingRequest> _pending = [];
    private readonly List<(string Key, BlockAssembly Assembly)> _bodies = [];
    private long _lastRequest;

    private void Begin(in CoapMessage message, IPeerEffects<CoapReply> effects)
    {
        var isRead = CoapRequest.TryRead(message, out var request, out var refusal, out var why);
        var pending = new PendingRequest
        {
            Number = ++_lastRequest,
            Type = message.Type,
            MessageId = message.MessageId,
            Token = message.Token.ToArray(),
            Request = request,
        };
        if (!isRead)
        {
            Respond(pending, Refusal(refusal, why), effects);
        }
        else if (_pending.Count >= _options.MaxPending)
        {
            Respond(pending, Refusal(CoapCode.TooManyRequests, "too many requests at a time") with { MaxAge = 1 }, effects);
        }
        else if (TryGather(pending, effects))
        {
            _pending.Add(pending);
            Dispatch(pending, effects);
            if (_pending.Contains(pending))
            {
                effects.Arm(PeerTimer.Progress, AcknowledgeAfter);
            }
        }
    }

    /// <summary>Puts the body of a request together. False when it is not whole yet, or never will be; that is answered.</summary>
    private bool TryGather(PendingRequest pending, IPeerEffects<CoapReply> effects)
    {
        var request = pending.Request;
        if (request.Block1 is not { } block)
        {
            return true;
        }

        // RFC 7959 §2.5, RFC 9175 §3.3: a body is that of one request to one resource.
        var key = $"{request.Method} {string.Join('/', request.Path)}?{string.Join('&', request.Query)} {Convert.ToHexString(request.RequestTag)}";
        var index = _bodies.FindIndex(body => body.Key == key);
        var assembly = index >= 0 ? _bodies[index].Assembly : new BlockAssembly(_options.MaxBlockBody);
        var outcome = request.Size1 > _options.MaxBlockBody ? BlockOutcome.TooLarge : assembly.Add(block, request.Payload.Span);
        if (outcome == BlockOutcome.Continue && index < 0)
        {
            if (_bodies.Count == _options.MaxBlockBodies)
            {
                _bodies.RemoveAt(0);
            }

            _bodies.Add((key, assembly));
        }
        else if (outcome != BlockOutcome.Continue && index >= 0)
        {
            _bodies.RemoveAt(index);
        }

        switch (outcome)
        {
            case BlockOutcome.Whole:
                request.Payload = assembly.Body;
                return true;
            case BlockOutcome.Continue:
                Respond(pending, new CoapResponse(CoapCode.Continue), effects);
                return false;
            case BlockOutcome.TooLarge:
                Respond(pending, Refusal(CoapCode.RequestEntityTooLarge, "too long") with { Size1 = (uint)_options.MaxBlockBody }, effects);
                return false;
            case BlockOutcome.Incomplete:
                Respond(pending, Refusal(CoapCode.RequestEntityIncomplete, "blocks are missing"), effects);
                return false;
            default:
                Respond(pending, Refusal(CoapCode.BadRequest, "a block is not as long as it says"), effects);
                return false;
        }
    }

    private static CoapResponse Refusal(CoapCode code, string why) => new(code) { Body = Encoding.UTF8.GetBytes(why) };

    /// <summary>Answers a request that waited for the broker; nothing when it is answered already.</summary>
    private void Complete(CoapReply reply, CoapResponse response, IPeerEffects<CoapReply> effects)
    {
        if (_pending.Find(pending => pending.Number == reply.Number) is { } pending)
        {
            Complete(pending, response, effects);
        }
    }

    private void Complete(CoapReply reply, CoapCode code, IPeerEffects<CoapReply> effects) => Complete(reply, new CoapResponse(code), effects);

    private void Complete(PendingRequest pending, CoapResponse response, IPeerEffects<CoapReply> effects)
    {
        _pending.Remove(pending);
        if (_pending.Count == 0)
        {
            effects.Disarm(PeerTimer.Progress);
        }

        Respond(pending, response, effects);
    }

    /// <summary>Sends a response: in the Acknowledgement, or in a message of its own when that has gone, or none was asked for (§5.2).</summary>
    private void Respond(PendingRequest pending, CoapResponse response, IPeerEffects<CoapReply> effects)
    {
        response = response with { Block1 = pending.Request.Block1 };
        var isSilent = (pending.Request.NoResponse & (1u << (response.Code.Class - 1))) != 0;
        if (pending is { Type: CoapType.Confirmable, IsAcknowledged: false })
        {
            var frame = isSilent ? Empty(pending.MessageId) : Encode(CoapType.Acknowledgement, pending.MessageId, pending, response);
            frame.CopyTo(effects.Send(frame.Length));
            _messageIds.SetAnswer(pending.MessageId, frame);
        }
        else if (!isSilent && pending.Type == CoapType.Confirmable)
        {
            var messageId = NextMessageId();
            SendConfirmable(
                new OutgoingMessage { MessageId = messageId, Frame = Encode(CoapType.Confirmable, messageId, pending, response), Draw = _random.NextDouble() }, effects);
        }
        else if (!isSilent)
        {
            var frame = Encode(CoapType.NonConfirmable, NextMessageId(), pending, response);
            frame.CopyTo(effects.Send(frame.Length));
            _messageIds.SetAnswer(pending.MessageId, frame);
        }
    }

    private static byte[] Empty(ushort messageId)
    {
        var frame = new byte[CoapMessage.HeaderSize];
        _ = new CoapWriter(frame, CoapType.Acknowledgement, CoapCode.Empty, messageId);
        return frame;
    }

    private byte[] Encode(CoapType type, ushort messageId, PendingRequest pending, in CoapResponse response) =>
        Encode(type, messageId, pending.Token, response, pending.Request.Block2, pending.Request.WantsSize2);

    /// <summary>Writes a response with the block that is wanted, or the first where its body is longer than one (RFC 7959 §2.2).</summary>
    private byte[] Encode(CoapType type, ushort messageId, byte[] token, in CoapResponse response, Block? wanted, bool wantsSize)
    {
        var exponent = Math.Min(wanted?.SizeExponent ?? Block.MaxSizeExponent, Block.ExponentFor(_options.BlockSize));
        var (start, size) = ((int)Math.Min(wanted?.Offset ?? 0, int.MaxValue), 16 << exponent);
        var isInBlocks = wanted is { Number: > 0 } || response.Body.Length > size;
        if (isInBlocks && start >= response.Body.Length)
        {
            return Encode(type, messageId, token, Refusal(CoapCode.BadRequest, "no such block") with { Block1 = response.Block1 }, null, wantsSize: false);
        }

        var part = isInBlocks ? response.Body.Slice(start, Math.Min(size, response.Body.Length - start)) : response.Body;
        Span<byte> buffer = stackalloc byte[MaxOverhead + 1_024];
        var writer = new CoapWriter(buffer, type, response.Code, messageId, token);
        WriteOptions(ref writer, response);
        if (isInBlocks)
        {
            writer.WriteOption(OptionNumber.Block2, new Block((uint)(start / size), start + part.Length < response.Body.Length, exponent).Value);
        }

        if (response.Block1 is { } block1)
        {
            writer.WriteOption(OptionNumber.Block1, block1.Value);
        }

        if (wantsSize || (isInBlocks && start == 0))
        {
            writer.WriteOption(OptionNumber.Size2, (uint)response.Body.Length);
        }

        if (response.Size1 is { } size1)
        {
            writer.WriteOption(OptionNumber.Size1, size1);
        }

        writer.WritePayload(part.Span);
        return buffer[..writer.Written].ToArray();
    }

    private static void WriteOptions(ref CoapWriter writer, in CoapResponse response)
    {
        if (response.ETag is { } tag)
        {
            writer.WriteOption(OptionNumber.ETag, tag);
        }

        if (response.Observe is { } observe)
        {
            writer.WriteOption(OptionNumber.Observe, observe);
        }

        foreach (var segment in response.LocationPath ?? [])
        {
            writer.WriteOption(OptionNumber.LocationPath, segment);
        }

        if (response.ContentFormat is { } format)
        {
            writer.WriteOption(OptionNumber.ContentFormat, format);
        }

        if (response.MaxAge is { } age)
        {
            writer.WriteOption(OptionNumber.MaxAge, age);
        }
    }

    /// <summary>The broker takes longer than a client waits: requests are acknowledged, and answered in messages of their own.</summary>
    private void AcknowledgePending(IPeerEffects<CoapReply> effects)
    {
        foreach (var pending in _pending)
        {
            if (pending is { Type: CoapType.Confirmable, IsAcknowledged: false })
            {
                pending.IsAcknowledged = true;
                var frame = Empty(pending.MessageId);
                frame.CopyTo(effects.Send(frame.Length));
                _messageIds.SetAnswer(pending.MessageId, frame);
            }
        }
    }
}
