using Edge.Messaging.Wire;

namespace Edge.Serial.XBee;

/// <summary>Asks the radio to transmit to another one, or to all.</summary>
/// <remarks>
/// <code>
/// 0x10 | frame id, 1 | 64-bit destination | 16-bit destination | radius, 1 | options, 1 | data
/// 0x00 | frame id, 1 | 64-bit destination | options, 1 | data
/// 0x01 | frame id, 1 | 16-bit destination | options, 1 | data
/// </code>
/// </remarks>
/// <param name="frameId">What the status will name; 1 to 255.</param>
/// <param name="destination">Who is to get it; see <see cref="XBeeAddress"/>.</param>
/// <param name="data">What.</param>
/// <param name="is802">Whether the radio speaks 802.15.4 in its own frames, 0x00 and 0x01.</param>
internal readonly ref struct XBeeTransmit(byte frameId, ulong destination, ReadOnlySpan<byte> data, bool is802)
{
    /// <summary>Octets that stand before the data, at most.</summary>
    public const int LargestHeader = 14;

    private readonly ReadOnlySpan<byte> _data = data;

    /// <summary>Octets of the frame data.</summary>
    public int Size => _data.Length + (!is802 ? LargestHeader : XBeeAddress.IsShort(destination) ? 5 : 11);

    /// <summary>Writes the frame data.</summary>
    public void Write(Span<byte> frame)
    {
        var writer = new WireWriter(frame);
        var isShort = XBeeAddress.IsShort(destination);
        writer.WriteByte((byte)(!is802 ? XBeeFrameType.Transmit : isShort ? XBeeFrameType.Transmit16 : XBeeFrameType.Transmit64));
        writer.WriteByte(frameId);
        if (!is802)
        {
            writer.WriteUInt64(isShort ? XBeeAddress.Unknown64 : destination);
            writer.WriteUInt16(isShort ? (ushort)destination : XBeeAddress.Unknown16);
            writer.WriteByte(0); // As far as the radio reaches.
        }
        else if (isShort)
        {
            writer.WriteUInt16((ushort)destination);
        }
        else
        {
            writer.WriteUInt64(destination);
        }

        writer.WriteByte(0);
        writer.WriteBytes(_data);
    }
}
