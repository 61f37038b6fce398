using System.Buffers.Binary;

namespace Edge.Protocols.Coap.Codec;

/// <summary>Goes through the options of a message in the order of their numbers (RFC 7252 §3.1).</summary>
/// <param name="octets">The options as they are encoded, and what follows.</param>
public ref struct CoapOptionReader(ReadOnlySpan<byte> octets)
{
    internal const byte PayloadMarker = 0xFF;
    private const int OneOctet = 13, TwoOctets = 14;
    private const int LeastWithTwo = 269;

    private ReadOnlySpan<byte> _rest = octets;
    private int _number;

    /// <summary>The option at hand.</summary>
    public CoapOption Current { get; private set; }

    /// <summary>Whether the options end in a way that they may not.</summary>
    public bool IsFaulty { get; private set; }

    /// <summary>What follows the options: nothing, or the payload marker and a payload.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>So that <c>foreach</c> can go through them.</summary>
    public readonly CoapOptionReader GetEnumerator() => this;

    /// <summary>Goes on to the next option; false at their end.</summary>
    public bool MoveNext()
    {
        if (_rest.IsEmpty || _rest[0] == PayloadMarker || IsFaulty)
        {
            return false;
        }

        var (delta, length) = (_rest[0] >> 4, _rest[0] & 0x0F);
        _rest = _rest[1..];
        IsFaulty = !TryExtend(ref delta) || !TryExtend(ref length) || length > _rest.Length || _number + delta > ushort.MaxValue;
        if (IsFaulty)
        {
            return false;
        }

        _number += delta;
        Current = new CoapOption((OptionNumber)_number, _rest[..length]);
        _rest = _rest[length..];
        return true;
    }

    private bool TryExtend(ref int nibble)
    {
        var octets = nibble switch { OneOctet => 1, TwoOctets => 2, > TwoOctets => int.MaxValue, _ => 0 };
        if (octets > _rest.Length)
        {
            return false;
        }

        nibble = octets switch
        {
            1 => OneOctet + _rest[0],
            2 => LeastWithTwo + BinaryPrimitives.ReadUInt16BigEndian(_rest),
            _ => nibble,
        };
        _rest = _rest[octets..];
        return true;
    }
}
