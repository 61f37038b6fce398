using Edge.Protocols.Coap.Codec;
using Edge.Protocols.Coap.Transfer;

namespace Edge.Protocols.Coap;

/// <summary>A response before it is a message: what it says, without how it is sent.</summary>
/// <param name="Code">Its code.</param>
internal readonly record struct CoapResponse(CoapCode Code)
{
    /// <summary>The whole body; what is longer than a block is sent in blocks.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Content-Format of the body; null for none.</summary>
    public ushort? ContentFormat { get; init; }

    /// <summary>Entity-tag of the body; null for none.</summary>
    public byte[]? ETag { get; init; }

    /// <summary>How long it is fresh, or after how long to come again, in seconds; null to say nothing.</summary>
    public uint? MaxAge { get; init; }

    /// <summary>Place of a notification in their order (RFC 7641 §3.4); null when it is none.</summary>
    public uint? Observe { get; init; }

    /// <summary>Path of the resource that the body is of, where the request named many; null for none.</summary>
    public IReadOnlyList<string>? LocationPath { get; init; }

    /// <summary>The block of the request that is answered.</summary>
    public Block? Block1 { get; init; }

    /// <summary>The longest body that is taken, in octets, beside 4.13.</summary>
    public uint? Size1 { get; init; }

    /// <summary>Whether it is nothing but its code.</summary>
    public bool IsPlain => Body.IsEmpty && ContentFormat is null && ETag is null && MaxAge is null && Observe is null && LocationPath is null && Block1 is null && Size1 is null;
}
