using Edge.Messaging.Wire;

namespace Edge.Serial.XBee;

/// <summary>What the radio tells of itself.</summary>
/// <remarks>
/// <code>
/// 0x8A | status, 1
/// </code>
/// </remarks>
/// <param name="Status">As the radio's manual has it.</param>
internal readonly record struct XBeeModemStatus(byte Status)
{
    /// <summary>The status in words.</summary>
    public string Words => Status switch
    {
        0x00 => "started",
        0x01 => "was reset by its watchdog",
        0x02 => "joined its network",
        0x03 => "left its network",
        0x06 => "formed a network",
        0x0D => "has too much voltage",
        _ => $"says 0x{Status:X2}",
    };

    /// <summary>Reads the frame data behind its type.</summary>
    public static bool TryParse(scoped ref WireReader body, out XBeeModemStatus status, out ParseError error)
    {
        status = new XBeeModemStatus(body.ReadByte());
        error = body.IsTruncated ? ParseError.Truncated : body.Remaining > 0 ? ParseError.LengthMismatch : ParseError.None;
        return error == ParseError.None;
    }
}
