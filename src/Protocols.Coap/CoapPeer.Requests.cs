using System.Text;
using Edge.Messaging.Peers;
using Edge.Protocols.Coap.Codec;
using Edge.Protocols.Coap.Reliability;
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
    private readonly List<Body> _bodies = [];

    /// <summary>Bodies of which a first block went out: those that follow are of the same, though another takes its place or nothing is retained (RFC 7959 §2.4).</summary>
    private readonly List<(string Path, CoapResponse Response)> _begun = [];
    private long _lastRequest;

    private void Begin(in CoapMessage message, int octets, IPeerEffects<CoapReply> effects)
    {
        var isRead = CoapRequest.TryRead(message, out var request, out var refusal, out var why);
        TakeEcho(request.Echo);
        var pending = new PendingRequest
        {
            Number = ++_lastRequest,
            Type = message.Type,
            MessageId = message.MessageId,
            Token = message.Token.ToArray(),
            Request = request,
            Octets = octets,
        };
        if (!isRead && refusal == CoapCode.BadOption && message.Type == CoapType.NonConfirmable)
        {
            SendEmpty(CoapType.Reset, message.MessageId, effects); // §5.4.1: it is rejected.
        }
        else if (!isRead)
        {
            Respond(pending, Refusal(refusal, why), effects);
        }
        else if (_pending.Count >= Options.MaxPending)
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
        var key = $"{request.Method} {request.WholePath}?{string.Join('&', request.Query)} {Convert.ToHexString(request.RequestTag)} {request.ContentFormat} {request.Accept}";
        var index = _bodies.FindIndex(body => body.Key == key);
        var assembly = index >= 0 ? _bodies[index].Assembly : new BlockAssembly(Options.MaxBlockBody, _server.Bodies);
        var outcome = request.Size1 > Options.MaxBlockBody ? BlockOutcome.TooLarge : assembly.Add(block, request.Payload.Span);
        if (outcome == BlockOutcome.Continue && index < 0)
        {
            if (_bodies.Count == Options.MaxBlockBodies)
            {
                _bodies[0].Assembly.Dispose();
                _bodies.RemoveAt(0);
            }

            _bodies.Add(new Body(key, assembly));
        }
        else if (outcome != BlockOutcome.Continue)
        {
            request.Payload = outcome == BlockOutcome.Whole ? assembly.Body : default;
            assembly.Dispose();
            if (index >= 0)
            {
                _bodies.RemoveAt(index);
            }
        }

        switch (outcome)
        {
            case BlockOutcome.Whole:
                return true;
            case BlockOutcome.Continue:
                Respond(pending, new CoapResponse(CoapCode.Continue), effects);
                return false;
            case BlockOutcome.TooLarge:
                Respond(pending, Refusal(CoapCode.RequestEntityTooLarge, "too long") with { Size1 = (uint)Options.MaxBlockBody }, effects);
                return false;
            case BlockOutcome.NoRoom:
                Respond(pending, Refusal(CoapCode.ServiceUnavailable, "no room for more at present") with { MaxAge = 5 }, effects);
                return false;
            case BlockOutcome.Incomplete:
                Respond(pending, Refusal(CoapCode.RequestEntityIncomplete, "blocks are missing"), effects);
                return false;
            default:
                Respond(pending, Refusal(CoapCode.BadRequest, "a block is not as long as it says"), effects);
                return false;
        }
    }

    private void ForgetBodies(Predicate<BlockAssembly> which)
    {
        foreach (var body in _bodies.Where(body => which(body.Assembly)))
        {
            body.Assembly.Dispose();
        }

        _bodies.RemoveAll(body => which(body.Assembly));
    }

    private static CoapResponse Refusal(CoapCode code, string why) => new(code) { Body = Encoding.UTF8.GetBytes(why) };

    /// <summary>The request that an answer of the broker is for, itself or as one of its records; null when it is answered already.</summary>
    private PendingRequest? PendingOf(CoapReply reply)
    {
        foreach (var pending in _pending)
        {
            if (pending.Number == reply.Number || pending.Records?.Have(reply) == true)
            {
                return pending;
            }
        }

        return null;
    }

    /// <summary>Answers a request that the broker has dealt with; one of many records when it has dealt with all of them.</summary>
    private void Settle(PendingRequest pending, CoapResponse response, IPeerEffects<CoapReply> effects)
    {
        if (pending.Records is null)
        {
            Complete(pending, response, effects);
        }
        else if (pending.Records.Take(response) is { } forAll)
        {
            Complete(pending, forAll, effects);
        }
    }

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
            Acknowledge(pending, isSilent ? new CoapResponse(CoapCode.Empty) : response, effects);
        }
        else if (!isSilent && pending.Type == CoapType.Confirmable)
        {
            var messageId = NextMessageId();
            SendConfirmable(
                new OutgoingMessage { MessageId = messageId, Frame = Encode(CoapType.Confirmable, messageId, pending, response), Draw = _server.Random.NextDouble() }, effects);
        }
        else if (!isSilent)
        {
            var frame = Encode(CoapType.NonConfirmable, NextMessageId(), pending, response);
            frame.CopyTo(effects.Send(frame.Length));
        }

        if (!isSilent && response.Code.Class == 2 && response.Body.Length > Block.SizeOf(ExponentFor(pending.Octets)))
        {
            AskForProof(effects); // So that the blocks that follow may be larger.
        }
    }

    /// <summary>Acknowledges a request, with its response unless that is empty, and sees to it that a copy of it gets the same; what only reads may be done again.</summary>
    private void Acknowledge(PendingRequest pending, in CoapResponse response, IPeerEffects<CoapReply> effects)
    {
        if (response.Code == CoapCode.Empty)
        {
            SendEmpty(CoapType.Acknowledgement, pending.MessageId, effects);
            _messageIds.SetAnswer(pending.MessageId, new SentAnswer(CoapCode.Empty, Empty(CoapType.Acknowledgement, pending.MessageId)));
            return;
        }

        if (response.IsPlain)
        {
            SendAcknowledgement(pending.MessageId, response.Code, pending.Token, effects);
            _messageIds.SetAnswer(pending.MessageId, new SentAnswer(response.Code));
            return;
        }

        var frame = Encode(CoapType.Acknowledgement, pending.MessageId, pending, response);
        frame.CopyTo(effects.Send(frame.Length));
        if (pending.Request.Method == CoapCode.Get && response.Observe is null)
        {
            _messageIds.Forget(pending.MessageId);
        }
        else
        {
            _messageIds.SetAnswer(pending.MessageId, new SentAnswer(response.Code, frame));
        }
    }

    private byte[] Encode(CoapType type, ushort messageId, PendingRequest pending, in CoapResponse response)
    {
        var (request, largest) = (pending.Request, ExponentFor(pending.Octets));
        if (IsBegun(response, request.Block2, largest))
        {
            Keep(request.WholePath, response);
        }

        return Encode(type, messageId, pending.Token, response, request.Block2, request.WantsSize2, largest);
    }

    /// <summary>Whether the first block of a body goes out, and more are to follow.</summary>
    private bool IsBegun(in CoapResponse response, Block? wanted, int largest) =>
        wanted is not { Number: > 0 } && response.Body.Length > Block.SizeOf(ExponentFor(wanted, largest));

    /// <summary>Keeps a body for those who fetch the rest of it.</summary>
    private void Keep(string path, in CoapResponse response)
    {
        _begun.RemoveAll(begun => begun.Path == path);
        if (_begun.Count == Options.MaxBlockBodies)
        {
            _begun.RemoveAt(0);
        }

        _begun.Add((path, response with { LocationPath = null }));
    }

    /// <summary>Size of the blocks that are sent.</summary>
    private int ExponentFor(Block? wanted, int largest) => Math.Min(Math.Min(wanted?.SizeExponent ?? Block.MaxSizeExponent, Block.ExponentFor(Options.BlockSize)), largest);

    /// <summary>Writes a response with the block that is wanted, or the first where its body is longer than one (RFC 7959 §2.2).</summary>
    private byte[] Encode(CoapType type, ushort messageId, byte[] token, in CoapResponse response, Block? wanted, bool wantsSize, int largest)
    {
        var exponent = ExponentFor(wanted, largest);
        var (start, size) = ((int)Math.Min(wanted?.Offset ?? 0, int.MaxValue), Block.SizeOf(exponent));
        var isInBlocks = wanted is { Number: > 0 } || response.Body.Length > size;
        if (isInBlocks && start >= response.Body.Length)
        {
            return Encode(type, messageId, token, Refusal(CoapCode.BadRequest, "no such block") with { Block1 = response.Block1 }, null, wantsSize: false, largest);
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

        if (isInBlocks && Echo is { } echo)
        {
            writer.WriteOption(OptionNumber.Echo, echo);
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
                Acknowledge(pending, new CoapResponse(CoapCode.Empty), effects);
            }
        }
    }

    /// <summary>A body under way, and whose it is.</summary>
    private readonly record struct Body(string Key, BlockAssembly Assembly);
}
