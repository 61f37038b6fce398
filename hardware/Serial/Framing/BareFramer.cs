using System.Buffers.Binary;

namespace Edge.Serial.Framing;

/// <summary>MQTT-SN messages one after the other with nothing between them, as in mqtt-sn-tools: each begins with its Length (MQTT-SN 1.2 §5.2.1).</summary>
/// <remarks>
/// <code>
/// Length, 1 octet: 2 to 255          | MsgType | …
/// 0x01 | Length, 2 octets, big-endian | MsgType | …
/// </code>
/// There is no mark and no checksum, so a message is believed when its length is one that its type may have. When it is not, one octet is
/// thrown away and the search goes on. When a message does not go on, the line having been silent, likewise. What is lost within a message can
/// still make another one of it: a line that loses octets should use <see cref="CobsFramer"/>.
/// </remarks>
/// <param name="largest">Octets of the longest message.</param>
internal sealed class BareFramer(int largest) : IFramer
{
    private const byte LongForm = 0x01;
    private const int LongHeader = 4;
    private const byte Encapsulated = 0xFE;

    /// <summary>Least and most octets of the messages of each type, the Length of one octet included (§5.4).</summary>
    private static readonly (int Least, int Most)[] Lengths = TableOfLengths();

    private readonly FrameBuffer _buffer = new(Math.Max(largest, 2 * byte.MaxValue));

    /// <inheritdoc/>
    public long Skipped => _buffer.Skipped;

    /// <inheritdoc/>
    public bool ListensForSilence => _buffer.Waiting.Length > 0;

    /// <inheritdoc/>
    public void Begin(bool mayBeWithin) => _buffer.Skip(_buffer.Waiting.Length);

    /// <inheritdoc/>
    public void Feed(ReadOnlySpan<byte> octets) => _buffer.Add(octets);

    /// <inheritdoc/>
    public bool TryRead(out ReadOnlySpan<byte> frame)
    {
        while (true)
        {
            var length = LengthOfFirst(_buffer.Waiting);
            if (length == 0 || length > largest)
            {
                _buffer.Skip(1);
            }
            else if (length < 0 || length > _buffer.Waiting.Length)
            {
                frame = default;
                return false;
            }
            else
            {
                frame = _buffer.Waiting[..length];
                _buffer.Take(length);
                return true;
            }
        }
    }

    /// <inheritdoc/>
    public void OnSilence()
    {
        if (_buffer.Waiting.Length > 0)
        {
            _buffer.Skip(1);
        }
    }

    /// <inheritdoc/>
    public int LargestOnLine(int size) => size;

    /// <inheritdoc/>
    public int Write(ReadOnlySpan<byte> frame, Span<byte> line)
    {
        frame.CopyTo(line);
        return frame.Length;
    }

    /// <summary>Octets of the message at the beginning; 0 when there is none, −1 when that cannot be told yet.</summary>
    private static int LengthOfFirst(ReadOnlySpan<byte> waiting, bool mayBeEncapsulated = true)
    {
        var isLong = waiting is [LongForm, ..];
        var header = isLong ? LongHeader : 2;
        if (waiting.Length < header)
        {
            return waiting is [0, ..] ? 0 : -1;
        }

        var length = isLong ? BinaryPrimitives.ReadUInt16BigEndian(waiting[1..]) : waiting[0];
        var type = waiting[header - 1];
        var asShort = isLong ? length - 2 : length;
        if (length < header || asShort < Lengths[type].Least || asShort > Lengths[type].Most)
        {
            return 0;
        }

        if (type != Encapsulated)
        {
            return length;
        }

        // Length is that of the encapsulation alone; the message in it follows, and is no further encapsulation (§5.5).
        var inner = !mayBeEncapsulated ? 0 : waiting.Length < length ? -1 : LengthOfFirst(waiting[length..], mayBeEncapsulated: false);
        return inner > 0 ? length + inner : inner;
    }

    private static (int Least, int Most)[] TableOfLengths()
    {
        const int any = ushort.MaxValue;
        var lengths = new (int Least, int Most)[256];
        Array.Fill(lengths, (Least: int.MaxValue, Most: 0));
        lengths[0x00] = (5, 5); // ADVERTISE
        lengths[0x01] = (3, 3); // SEARCHGW
        lengths[0x02] = (3, any); // GWINFO
        lengths[0x04] = (6, any); // CONNECT
        lengths[0x05] = (3, 3); // CONNACK
        lengths[0x06] = (2, 2); // WILLTOPICREQ
        lengths[0x07] = (2, any); // WILLTOPIC
        lengths[0x08] = (2, 2); // WILLMSGREQ
        lengths[0x09] = (2, any); // WILLMSG
        lengths[0x0A] = (6, any); // REGISTER
        lengths[0x0B] = (7, 7); // REGACK
        lengths[0x0C] = (7, any); // PUBLISH
        lengths[0x0D] = (7, 7); // PUBACK
        lengths[0x0E] = (4, 4); // PUBCOMP
        lengths[0x0F] = (4, 4); // PUBREC
        lengths[0x10] = (4, 4); // PUBREL
        lengths[0x12] = (5, any); // SUBSCRIBE
        lengths[0x13] = (8, 8); // SUBACK
        lengths[0x14] = (5, any); // UNSUBSCRIBE
        lengths[0x15] = (4, 4); // UNSUBACK
        lengths[0x16] = (2, any); // PINGREQ
        lengths[0x17] = (2, 2); // PINGRESP
        lengths[0x18] = (2, 4); // DISCONNECT
        lengths[0x1A] = (2, any); // WILLTOPICUPD
        lengths[0x1B] = (3, 3); // WILLTOPICRESP
        lengths[0x1C] = (2, any); // WILLMSGUPD
        lengths[0x1D] = (3, 3); // WILLMSGRESP
        lengths[Encapsulated] = (3, byte.MaxValue);
        return lengths;
    }
}
