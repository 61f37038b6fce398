using Edge.Messaging.Wire;

namespace Edge.Serial.XBee;

/// <summary>What became of a frame that the radio was asked to transmit.</summary>
/// <remarks>
/// <code>
/// 0x8B | frame id, 1 | 16-bit destination | retries, 1 | delivery status, 1 | discovery status, 1
/// 0x89 | frame id, 1 | status, 1
/// </code>
/// </remarks>
/// <param name="FrameId">That of the request.</param>
/// <param name="Status">0: it was delivered. Other values as the radio's manual has them.</param>
internal readonly record struct XBeeTransmitStatus(byte FrameId, byte Status)
{
    /// <summary>The status in words.</summary>
    public string Reason => Status switch
    {
        0x00 => "delivered",
        0x01 => "no acknowledgement of the radio next to it",
        0x02 => "the channel was never free",
        0x03 => "purged",
        0x21 => "no acknowledgement of the receiver",
        0x22 => "this radio has not joined a network",
        0x23 => "sent to itself",
        0x24 => "no such address on the network",
        0x25 => "no route to it",
        0x74 => "too long for the radio",
        _ => $"status 0x{Status:X2}",
    };

    /// <summary>Reads the frame data behind its type.</summary>
    public static bool TryParse(XBeeFrameType type, scoped ref WireReader body, out XBeeTransmitStatus status, out ParseError error)
    {
        var id = body.ReadByte();
        body.ReadBytes(type == XBeeFrameType.TransmitStatus ? 3 : 0);
        status = new XBeeTransmitStatus(id, body.ReadByte());
        body.ReadBytes(type == XBeeFrameType.TransmitStatus ? 1 : 0);
        error = body.IsTruncated ? ParseError.Truncated : body.Remaining > 0 ? ParseError.LengthMismatch : ParseError.None;
        return error == ParseError.None;
    }
}
