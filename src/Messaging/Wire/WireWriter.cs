using System.Buffers.Binary;
using System.Text;

namespace Edge.Messaging.Wire;

/// <summary>Writes the fields of one frame in order, big-endian, into a span of the size reckoned before. Too little room is a fault of this program and throws.</summary>
/// <param name="frame">Where the frame goes.</param>
public ref struct WireWriter(Span<byte> frame)
{
    private readonly Span<byte> _frame = frame;

    /// <summary>Octets written so far.</summary>
    public int Written { get; private set; }

    /// <summary>One octet.</summary>
    public void WriteByte(byte value) => _frame[Written++] = value;

    /// <summary>Two octets, big-endian.</summary>
    public void WriteUInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_frame[Written..], value);
        Written += 2;
    }

    /// <summary>Four octets, big-endian.</summary>
    public void WriteUInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_frame[Written..], value);
        Written += 4;
    }

    /// <summary>Eight octets, big-endian.</summary>
    public void WriteUInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(_frame[Written..], value);
        Written += 8;
    }

    /// <summary>Octets as they are.</summary>
    public void WriteBytes(ReadOnlySpan<byte> value)
    {
        value.CopyTo(_frame[Written..]);
        Written += value.Length;
    }

    /// <summary>Leaves room for octets that another writer fills.</summary>
    public Span<byte> Reserve(int count)
    {
        var room = _frame.Slice(Written, count);
        Written += count;
        return room;
    }

    /// <summary>Octets preceded by their number in two octets.</summary>
    public void WritePrefixed(ReadOnlySpan<byte> value)
    {
        WriteUInt16(checked((ushort)value.Length));
        WriteBytes(value);
    }

    /// <summary>A text in UTF-8 preceded by its length in two octets.</summary>
    public void WritePrefixed(ReadOnlySpan<char> text)
    {
        var length = Encoding.UTF8.GetBytes(text, _frame[(Written + 2)..]);
        WriteUInt16(checked((ushort)length));
        Written += length;
    }
}
