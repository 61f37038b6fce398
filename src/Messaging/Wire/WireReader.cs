using System.Buffers.Binary;

namespace Edge.Messaging.Wire;

/// <summary>Reads the fields of one frame in order, big-endian, and never past its end.</summary>
/// <remarks>
/// Failure is sticky: after the first read that does not fit, <see cref="IsTruncated"/> stays true and every
/// later read yields zero or empty. A codec therefore reads as straight as the table in the specification
/// and asks once, at the end, whether the frame was long enough.
/// </remarks>
/// <param name="frame">The whole frame, or what is left of it.</param>
public ref struct WireReader(ReadOnlySpan<byte> frame)
{
    private ReadOnlySpan<byte> _rest = frame;

    /// <summary>Whether a read asked for more than there was.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Octets not yet read.</summary>
    public readonly int Remaining => _rest.Length;

    /// <summary>One octet.</summary>
    public byte ReadByte() => Take(1) is [var value] ? value : (byte)0;

    /// <summary>Two octets, big-endian.</summary>
    public ushort ReadUInt16() => Take(2) is { Length: 2 } field ? BinaryPrimitives.ReadUInt16BigEndian(field) : (ushort)0;

    /// <summary>Four octets, big-endian.</summary>
    public uint ReadUInt32() => Take(4) is { Length: 4 } field ? BinaryPrimitives.ReadUInt32BigEndian(field) : 0;

    /// <summary>Eight octets, big-endian.</summary>
    public ulong ReadUInt64() => Take(8) is { Length: 8 } field ? BinaryPrimitives.ReadUInt64BigEndian(field) : 0;

    /// <summary>The next <paramref name="count"/> octets, in place.</summary>
    public ReadOnlySpan<byte> ReadBytes(int count) => Take(count);

    /// <summary>A field preceded by its length in two octets: MQTT's binary data and UTF-8 strings (MQTT 5.0 §1.5.4, §1.5.6).</summary>
    public ReadOnlySpan<byte> ReadPrefixed() => Take(ReadUInt16());

    /// <summary>All that is left.</summary>
    public ReadOnlySpan<byte> ReadToEnd() => Take(_rest.Length);

    private ReadOnlySpan<byte> Take(int count)
    {
        if (IsTruncated || (uint)count > (uint)_rest.Length)
        {
            IsTruncated = true;
            _rest = default;
            return default;
        }

        var field = _rest[..count];
        _rest = _rest[count..];
        return field;
    }
}
