using System.Runtime.InteropServices;
using System.Text.Unicode;
using Edge.Protocols.Coap.Codec;
using Edge.Protocols.Coap.Transfer;

namespace Edge.Protocols.Coap.Resources;

/// <summary>What a request asks for, taken out of its options; owned, so that it may wait for its session or for its last block.</summary>
internal sealed class CoapRequest
{
    private List<byte[]>? _eTags;
    private List<byte[]>? _ifMatch;
    private string? _wholePath;

    /// <summary>The method.</summary>
    public required CoapCode Method { get; init; }

    /// <summary>Segments of the path, decoded (RFC 7252 §5.10.1).</summary>
    public List<string> Path { get; } = [];

    /// <summary>The segments with <c>/</c> between them.</summary>
    public string WholePath => _wholePath ??= string.Join('/', CollectionsMarshal.AsSpan(Path));

    /// <summary>The segments after the first: a topic.</summary>
    public string Topic => Path.Count > 1 ? WholePath[(Path[0].Length + 1)..] : "";

    /// <summary>Arguments of the query, such as <c>qos=1</c>.</summary>
    public List<string> Query { get; } = [];

    /// <summary>Content-Format of the payload; null when none is given.</summary>
    public ushort? ContentFormat { get; private set; }

    /// <summary>Content-Format wanted for the response (§5.10.4).</summary>
    public ushort? Accept { get; private set; }

    /// <summary>0 to register as an observer, 1 to deregister (RFC 7641 §2).</summary>
    public uint? Observe { get; private set; }

    /// <summary>Entity-tags of representations that the client has (§5.10.6.2).</summary>
    public IReadOnlyList<byte[]> ETags => _eTags ?? [];

    /// <summary>Entity-tags one of which must be the resource's; an empty one stands for any that there is (§5.10.8.1).</summary>
    public IReadOnlyList<byte[]> IfMatch => _ifMatch ?? [];

    /// <summary>Whether the resource must not be there yet (§5.10.8.2).</summary>
    public bool IfNoneMatch { get; private set; }

    /// <summary>Which block of its body the request has (RFC 7959).</summary>
    public Block? Block1 { get; private set; }

    /// <summary>Which block of the response is wanted.</summary>
    public Block? Block2 { get; private set; }

    /// <summary>How long the body says that it is, in octets.</summary>
    public uint? Size1 { get; private set; }

    /// <summary>Whether the client wants to know how long the response is.</summary>
    public bool WantsSize2 { get; private set; }

    /// <summary>Which responses are of no interest: bit 1 for 2.xx, bit 3 for 4.xx, bit 4 for 5.xx (RFC 7967 §2.1).</summary>
    public uint NoResponse { get; private set; }

    /// <summary>What tells bodies apart that are sent at the same time (RFC 9175 §3); empty for none.</summary>
    public byte[] RequestTag { get; private set; } = [];

    /// <summary>What the client was given to show that it receives (RFC 9175 §2); empty for none.</summary>
    public byte[] Echo { get; private set; } = [];

    /// <summary>The payload, or the whole body once it is there.</summary>
    public ReadOnlyMemory<byte> Payload { get; set; }

    /// <summary>Takes the request out of a message.</summary>
    /// <param name="message">A message whose code is a method.</param>
    /// <param name="request">The request.</param>
    /// <param name="refusal">The code to refuse it with, such as 4.02; <see cref="CoapCode.Empty"/> when it is none.</param>
    /// <param name="why">What is wrong, for the client.</param>
    public static bool TryRead(in CoapMessage message, out CoapRequest request, out CoapCode refusal, out string why)
    {
        request = new CoapRequest { Method = message.Code, Payload = message.Payload.ToArray() };
        (refusal, why) = (CoapCode.Empty, "");
        var before = (OptionNumber?)null;
        foreach (var option in message.Options)
        {
            var isRepeated = option.Number == before;
            before = option.Number;
            if (option.Number is OptionNumber.ProxyUri or OptionNumber.ProxyScheme)
            {
                (refusal, why) = (CoapCode.ProxyingNotSupported, "no proxy");
                return false;
            }

            if (IsUnderstood(option, isRepeated))
            {
                if (!request.TryTake(option))
                {
                    (refusal, why) = (CoapCode.BadRequest, "no such size of blocks"); // RFC 7959 §2.2.
                    return false;
                }
            }
            else if (option.IsCritical)
            {
                // §5.4.1: what is not understood, stands too often or is not as long as it must be is passed over when it is elective.
                (refusal, why) = (CoapCode.BadOption, $"option {(int)option.Number} {(OptionFormat.Of(option.Number) is null ? "is not known" : "is not as it must be")}");
                return false;
            }
        }

        return true;
    }

    /// <summary>Value of an argument of the query by its name or its short one; null when it is not there. Of several the last.</summary>
    public string? ValueOf(string name, string shortName)
    {
        for (var i = Query.Count - 1; i >= 0; i--)
        {
            var argument = Query[i];
            var at = argument.IndexOf('=', StringComparison.Ordinal);
            var found = argument.AsSpan(0, at < 0 ? argument.Length : at);
            if (found.SequenceEqual(name) || found.SequenceEqual(shortName))
            {
                return at < 0 ? "" : argument[(at + 1)..];
            }
        }

        return null;
    }

    /// <summary>Reads no more of a request than the ClientId and the token of connection mode.</summary>
    public static bool TryReadToken(in CoapMessage message, out string clientId, out string token)
    {
        (clientId, token) = ("", "");
        foreach (var option in message.Options)
        {
            if (option.Number == OptionNumber.UriQuery && option.Value.IndexOf((byte)'=') is >= 0 and var at && Utf8.IsValid(option.Value))
            {
                var name = option.Value[..at];
                clientId = name.SequenceEqual("clientid"u8) || name.SequenceEqual("c"u8) ? option.Text[(at + 1)..] : clientId;
                token = name.SequenceEqual("token"u8) || name.SequenceEqual("t"u8) ? option.Text[(at + 1)..] : token;
            }
        }

        return clientId.Length > 0 && token.Length > 0;
    }

    private static bool IsUnderstood(in CoapOption option, bool isRepeated) =>
        OptionFormat.Of(option.Number) is { } format
        && option.Value.Length >= format.MinLength
        && option.Value.Length <= format.MaxLength
        && (!isRepeated || format.IsRepeatable)
        && (!format.IsText || Utf8.IsValid(option.Value));

    private bool TryTake(in CoapOption option)
    {
        switch (option.Number)
        {
            case OptionNumber.UriPath:
                Path.Add(option.Text);
                break;
            case OptionNumber.UriQuery:
                Query.Add(option.Text);
                break;
            case OptionNumber.ContentFormat:
                ContentFormat = (ushort)option.Number32;
                break;
            case OptionNumber.Accept:
                Accept = (ushort)option.Number32;
                break;
            case OptionNumber.Observe:
                Observe = option.Number32;
                break;
            case OptionNumber.ETag:
                (_eTags ??= []).Add(option.Value.ToArray());
                break;
            case OptionNumber.IfMatch:
                (_ifMatch ??= []).Add(option.Value.ToArray());
                break;
            case OptionNumber.IfNoneMatch:
                IfNoneMatch = true;
                break;
            case OptionNumber.Block1:
                Block1 = Block.TryParse(option.Number32, out var block1) ? block1 : null;
                return Block1 is not null;
            case OptionNumber.Block2:
                Block2 = Block.TryParse(option.Number32, out var block2) ? block2 : null;
                return Block2 is not null;
            case OptionNumber.Size1:
                Size1 = option.Number32;
                break;
            case OptionNumber.Size2:
                WantsSize2 = true;
                break;
            case OptionNumber.NoResponse:
                NoResponse = option.Number32;
                break;
            case OptionNumber.RequestTag:
                RequestTag = option.Value.ToArray();
                break;
            case OptionNumber.Echo:
                Echo = option.Value.ToArray();
                break;
        }

        return true; // Others, such as Uri-Host, change nothing here.
    }
}
