using System.Buffers.Binary;

namespace Edge.Transports.Dtls;

/// <summary>What the first record of a datagram says without a key.</summary>
/// <remarks><code>
///  0      1        3      5                11            13 (or behind the Connection ID, 8 octets, of type 25)
/// | type | version | epoch | sequence number | length       | handshake: | type | length | seq | … | version | random
///    1       2        2          6               2                            1       3      2   6      2        32
/// </code> RFC 6347 §4.1, §4.2.2; RFC 9146 §4.</remarks>
internal readonly ref struct DtlsRecord
{
    public const int ChangeCipherSpec = 20, Alert = 21, Handshake = 22, ApplicationData = 23, WithConnectionId = 25;
    public const int ConnectionIdSize = 8;

    private const int HeaderSize = 13;
    private const int HandshakeHeaderSize = 12;
    private const int RandomAt = HeaderSize + HandshakeHeaderSize + 2;
    private const byte MajorVersion = 254;
    private const byte Minor10 = 255;
    private const byte Minor12 = 253;
    private const byte ClientHello = 1;

    private readonly ReadOnlySpan<byte> _octets;

    private DtlsRecord(ReadOnlySpan<byte> octets) => _octets = octets;

    public int Type => _octets[0];

    public int Epoch => BinaryPrimitives.ReadUInt16BigEndian(_octets[3..]);

    /// <summary>Whether it is of an association that stands: neither of a handshake nor of anybody who has no key.</summary>
    public bool IsProtected => Epoch > 0 && Type is Alert or ApplicationData;

    public bool IsClientHello => Type == Handshake && Epoch == 0 && _octets.Length >= RandomAt + 32 && _octets[HeaderSize] == ClientHello;

    /// <summary>What the client drew for this handshake, and no other.</summary>
    public ReadOnlySpan<byte> ClientRandom => _octets.Slice(RandomAt, 32);

    /// <summary>The Connection ID that we gave; null when there is none.</summary>
    public ulong? ConnectionId =>
        Type == WithConnectionId && _octets.Length >= HeaderSize + ConnectionIdSize ? BinaryPrimitives.ReadUInt64BigEndian(_octets[11..]) : null;

    /// <summary>How much of a datagram is records. What follows them the library must not see: it takes a version that cannot be for a fault of its own.</summary>
    /// <param name="datagram">The datagram.</param>
    /// <param name="hasConnectionId">Whether records of type 25 bear a Connection ID of ours.</param>
    public static int SizeOfAll(ReadOnlySpan<byte> datagram, bool hasConnectionId)
    {
        var size = 0;
        while (TryRead(datagram[size..], out var record) && record.Size(hasConnectionId) is var next && next <= datagram.Length - size)
        {
            size += next;
        }

        return size;
    }

    /// <summary>Octets of it; more than there are when it is cut off.</summary>
    /// <param name="hasConnectionId">Whether those of type 25 bear a Connection ID of ours.</param>
    public int Size(bool hasConnectionId)
    {
        var header = HeaderSize + (hasConnectionId && Type == WithConnectionId ? ConnectionIdSize : 0);
        return header > _octets.Length ? header : header + BinaryPrimitives.ReadUInt16BigEndian(_octets[(header - 2)..]);
    }

    public static bool TryRead(ReadOnlySpan<byte> octets, out DtlsRecord record)
    {
        var isRecord = octets.Length >= HeaderSize && octets[0] is >= ChangeCipherSpec and <= WithConnectionId
            && octets[1] == MajorVersion && octets[2] is Minor10 or Minor12;
        record = isRecord ? new DtlsRecord(octets) : default;
        return isRecord;
    }
}
