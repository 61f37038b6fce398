namespace Edge.Protocols.Coap.Transfer;

/// <summary>Value of a Block1 or Block2 Option: which block of a body it is, and how large blocks are (RFC 7959 §2.2).</summary>
/// <param name="Number">Number of the block, from 0; 20 bits.</param>
/// <param name="IsMore">Whether more blocks follow.</param>
/// <param name="SizeExponent">0 to 6, for blocks of 16 to 1,024 octets.</param>
public readonly record struct Block(uint Number, bool IsMore, int SizeExponent)
{
    /// <summary>Highest number of a block.</summary>
    public const uint MaxNumber = (1 << 20) - 1;

    /// <summary>Exponent of the largest blocks.</summary>
    public const int MaxSizeExponent = 6;

    /// <summary>Octets of each block but the last: 16 to 1,024.</summary>
    public int Size => SizeOf(SizeExponent);

    /// <summary>Where in the body it begins, in octets.</summary>
    public long Offset => (long)Number * Size;

    /// <summary>As it stands in the option.</summary>
    public uint Value => (Number << 4) | (IsMore ? 0x08u : 0) | (uint)SizeExponent;

    /// <summary>Reads a value; false for exponent 7, which is reserved (§2.2).</summary>
    public static bool TryParse(uint value, out Block block)
    {
        block = new Block(value >> 4, (value & 0x08) != 0, (int)(value & 0x07));
        return block.SizeExponent <= MaxSizeExponent && block.Number <= MaxNumber;
    }

    /// <summary>Octets of a block by its exponent, 0 to 6.</summary>
    public static int SizeOf(int exponent) => 16 << exponent;

    /// <summary>The largest exponent whose blocks have no more than so many octets; 0 at least.</summary>
    public static int ExponentFor(int octets)
    {
        var exponent = MaxSizeExponent;
        while (exponent > 0 && SizeOf(exponent) > octets)
        {
            exponent--;
        }

        return exponent;
    }
}
