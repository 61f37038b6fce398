using Edge.Messaging.Wire;

namespace Edge.Serial.XBee;

/// <summary>The radio's answer to a command of two letters.</summary>
/// <remarks>
/// <code>
/// 0x88 | frame id, 1 | command, 2 | status, 1 | value
/// </code>
/// </remarks>
internal readonly ref struct XBeeAtResponse
{
    /// <summary>That of the command.</summary>
    public byte FrameId { get; private init; }

    /// <summary>The command, as two octets of ASCII.</summary>
    public ushort Command { get; private init; }

    /// <summary>0 when it was carried out.</summary>
    public byte Status { get; private init; }

    /// <summary>What was asked for; empty when a value was set.</summary>
    public ReadOnlySpan<byte> Value { get; private init; }

    /// <summary>Reads the frame data behind its type.</summary>
    public static bool TryParse(scoped ref WireReader body, out XBeeAtResponse response, out ParseError error)
    {
        response = new XBeeAtResponse { FrameId = body.ReadByte(), Command = body.ReadUInt16(), Status = body.ReadByte(), Value = body.ReadToEnd() };
        error = body.IsTruncated ? ParseError.Truncated : ParseError.None;
        return !body.IsTruncated;
    }
}
