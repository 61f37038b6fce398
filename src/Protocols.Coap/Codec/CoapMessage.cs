using System.Buffers.Binary;
using Edge.Messaging.Wire;

namespace Edge.Protocols.Coap.Codec;

/// <summary>One message, in place (RFC 7252 §3).</summary>
/// <remarks>
/// <code>
///  Ver | Type | Token length | Code | Message ID | Token | Options | 0xFF Payload
///   2      2         4           8       16        0–64     bits, then octets
/// </code>
/// </remarks>
public readonly ref struct CoapMessage
{
    /// <summary>Octets before the Token.</summary>
    public const int HeaderSize = 4;

    /// <summary>Longest Token, in octets.</summary>
    public const int MaxTokenLength = 8;

    private const int Version = 1;

    private readonly ReadOnlySpan<byte> _options;

    private CoapMessage(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> token = default, ReadOnlySpan<byte> options = default, ReadOnlySpan<byte> payload = default)
    {
        Type = (CoapType)((frame[0] >> 4) & 0b11);
        Code = new CoapCode(frame[1]);
        MessageId = BinaryPrimitives.ReadUInt16BigEndian(frame[2..]);
        Token = token;
        _options = options;
        Payload = payload;
    }

    /// <summary>Its type.</summary>
    public CoapType Type { get; }

    /// <summary>Its code.</summary>
    public CoapCode Code { get; }

    /// <summary>Joins Acknowledgement and Reset to what they answer, and tells copies (§4.4, §4.5).</summary>
    public ushort MessageId { get; }

    /// <summary>Joins a response to its request; 0 to 8 octets (§5.3.1).</summary>
    public ReadOnlySpan<byte> Token { get; }

    /// <summary>Its payload; empty for none.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Its options, in the order of their numbers.</summary>
    public CoapOptionReader Options => new(_options);

    /// <summary>Reads a message. What is refused with a header that can be read leaves that in <paramref name="message"/>, so that it can be answered by Reset.</summary>
    /// <param name="frame">The whole datagram.</param>
    /// <param name="message">The message, which is in the datagram.</param>
    /// <param name="error">
    /// Why it was refused: <see cref="ParseError.Truncated"/> or <see cref="ParseError.UnsupportedVersion"/> without a header that means anything, to be ignored (§3);
    /// all else with one.
    /// </param>
    public static bool TryParse(ReadOnlySpan<byte> frame, out CoapMessage message, out ParseError error)
    {
        message = default;
        error = frame.Length < HeaderSize ? ParseError.Truncated : frame[0] >> 6 != Version ? ParseError.UnsupportedVersion : ParseError.None;
        if (error != ParseError.None)
        {
            return false;
        }

        message = new CoapMessage(frame);
        var tokenLength = frame[0] & 0x0F;
        if (tokenLength > MaxTokenLength || message.Code.IsReserved)
        {
            error = ParseError.ReservedValue;
            return false;
        }

        if (message.Code == CoapCode.Empty)
        {
            error = frame.Length > HeaderSize || tokenLength > 0 ? ParseError.LengthMismatch : ParseError.None;
            return error == ParseError.None;
        }

        if (frame.Length < HeaderSize + tokenLength)
        {
            error = ParseError.LengthMismatch;
            return false;
        }

        var afterToken = frame[(HeaderSize + tokenLength)..];
        var options = new CoapOptionReader(afterToken);
        while (options.MoveNext())
        {
            // Only to find their end.
        }

        var payload = options.Rest;
        error = options.IsFaulty ? ParseError.InvalidProperty : payload.Length == 1 ? ParseError.LengthMismatch : ParseError.None;
        if (error != ParseError.None)
        {
            return false;
        }

        message = new CoapMessage(
            frame, frame.Slice(HeaderSize, tokenLength), afterToken[..^payload.Length], payload.IsEmpty ? payload : payload[1..]);
        return true;
    }
}
