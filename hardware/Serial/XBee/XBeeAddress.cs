namespace Edge.Serial.XBee;

/// <summary>Addresses of radios: 64 bits, or one of 16 bits with 48 zeros before it, which no 64-bit address has.</summary>
internal static class XBeeAddress
{
    /// <summary>All radios in reach.</summary>
    public const ulong Broadcast = 0xFFFF;

    /// <summary>In a field of 64 bits: see the one of 16 bits.</summary>
    public const ulong Unknown64 = 0xFFFF_FFFF_FFFF_FFFF;

    /// <summary>In a field of 16 bits: see the one of 64 bits.</summary>
    public const ushort Unknown16 = 0xFFFE;

    /// <summary>Whether it is one of 16 bits. 0 is the coordinator as a 64-bit address.</summary>
    public static bool IsShort(ulong address) => address is > 0 and < Broadcast;
}
