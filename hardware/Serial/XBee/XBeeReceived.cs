using Edge.Messaging.Wire;

namespace Edge.Serial.XBee;

/// <summary>What another radio sent.</summary>
/// <remarks>
/// <code>
/// 0x90 | 64-bit source | 16-bit source | options, 1 | data
/// 0x80 | 64-bit source | RSSI, 1 | options, 1 | data
/// 0x81 | 16-bit source | RSSI, 1 | options, 1 | data
/// </code>
/// </remarks>
internal readonly ref struct XBeeReceived
{
    /// <summary>Who sent it; see <see cref="XBeeAddress"/>.</summary>
    public ulong Source { get; private init; }

    /// <summary>What was sent.</summary>
    public ReadOnlySpan<byte> Data { get; private init; }

    /// <summary>Reads the frame data behind its type.</summary>
    public static bool TryParse(XBeeFrameType type, scoped ref WireReader body, out XBeeReceived received, out ParseError error)
    {
        var source = type == XBeeFrameType.Receive16 ? body.ReadUInt16() : body.ReadUInt64();
        var second = type == XBeeFrameType.Receive ? body.ReadUInt16() : body.ReadByte();
        body.ReadByte();
        received = new XBeeReceived { Source = source == XBeeAddress.Unknown64 ? second : source, Data = body.ReadToEnd() };
        error = body.IsTruncated ? ParseError.Truncated : ParseError.None;
        return !body.IsTruncated;
    }
}
