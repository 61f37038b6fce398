using System.Buffers.Binary;
using System.Numerics;

namespace Edge.Storage.Records;

/// <summary>CRC-32C (Castagnoli), by the processor's own instruction where it has one (RFC 3720 §12.1).</summary>
internal static class Crc32C
{
    /// <summary>Checksum of octets.</summary>
    public static uint Of(ReadOnlySpan<byte> octets) => ~Append(uint.MaxValue, octets);

    /// <summary>Checksum of octets that belong under a key, so that a record which turns up in another's place does not pass.</summary>
    public static uint Of(long key, ReadOnlySpan<byte> octets) => ~Append(BitOperations.Crc32C(uint.MaxValue, (ulong)key), octets);

    private static uint Append(uint crc, ReadOnlySpan<byte> octets)
    {
        for (; octets.Length >= sizeof(ulong); octets = octets[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(octets));
        }

        foreach (var octet in octets)
        {
            crc = BitOperations.Crc32C(crc, octet);
        }

        return crc;
    }
}
