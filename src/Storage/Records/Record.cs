using System.Buffers.Binary;

namespace Edge.Storage.Records;

/// <summary>The envelope of what is kept in one column: it says its version and shows when it was damaged.</summary>
/// <remarks>
/// <code>
/// version | content | CRC-32C of key, version and content
///    1    |   n     |   4   octets
/// </code>
/// </remarks>
internal static class Record
{
    /// <summary>Octets around the content.</summary>
    public const int Overhead = 1 + ChecksumSize;

    /// <summary>Octets of a checksum.</summary>
    public const int ChecksumSize = sizeof(uint);

    private const byte First = 1;

    /// <summary>The content of a whole record; false when it is damaged or of a version not known here.</summary>
    /// <param name="key">What the record is kept under.</param>
    /// <param name="record">The octets.</param>
    /// <param name="content">What is in it.</param>
    /// <param name="version">Version of the content.</param>
    public static bool TryOpen(long key, ReadOnlySpan<byte> record, out ReadOnlySpan<byte> content, byte version = First)
    {
        var whole = record.Length >= Overhead && record[0] == version && HasChecksum(key, record);
        content = whole ? record[1..^ChecksumSize] : default;
        return whole;
    }

    /// <summary>Sets version and checksum around content that stands in place already.</summary>
    public static void Seal(long key, Span<byte> record, byte version = First)
    {
        record[0] = version;
        SetChecksum(key, record);
    }

    /// <summary>Whether the last octets are the checksum of those before.</summary>
    public static bool HasChecksum(long key, ReadOnlySpan<byte> octets) =>
        octets.Length >= ChecksumSize
        && BinaryPrimitives.ReadUInt32BigEndian(octets[^ChecksumSize..]) == Crc32C.Of(key, octets[..^ChecksumSize]);

    /// <summary>Makes the last octets the checksum of those before.</summary>
    public static void SetChecksum(long key, Span<byte> octets) =>
        BinaryPrimitives.WriteUInt32BigEndian(octets[^ChecksumSize..], Crc32C.Of(key, octets[..^ChecksumSize]));
}
