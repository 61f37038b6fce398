using System.Buffers.Binary;
using System.Text;

namespace Edge.Protocols.Coap.Codec;

/// <summary>Writes one message: header and Token, then options in the order of their numbers, then the payload (RFC 7252 §3). Too little room is a fault of this program and throws.</summary>
public ref struct CoapWriter
{
    private const int OneOctet = 13, TwoOctets = 14;
    private const int LeastWithTwo = 269;
    private readonly Span<byte> _buffer;
    private int _number;

    /// <summary>Begins a message.</summary>
    /// <param name="buffer">Where it goes.</param>
    /// <param name="type">Its type.</param>
    /// <param name="code">Its code.</param>
    /// <param name="messageId">Its Message ID.</param>
    /// <param name="token">Its Token; empty with an empty message.</param>
    public CoapWriter(Span<byte> buffer, CoapType type, CoapCode code, ushort messageId, scoped ReadOnlySpan<byte> token = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(token.Length, CoapMessage.MaxTokenLength);
        _buffer = buffer;
        buffer[0] = (byte)(0x40 | ((int)type << 4) | token.Length);
        buffer[1] = code.Value;
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], messageId);
        token.CopyTo(buffer[CoapMessage.HeaderSize..]);
        Written = CoapMessage.HeaderSize + token.Length;
    }

    /// <summary>Octets written so far.</summary>
    public int Written { get; private set; }

    /// <summary>Adds an option. None with a higher number may be there already.</summary>
    public void WriteOption(OptionNumber number, scoped ReadOnlySpan<byte> value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan((int)number, _number, nameof(number));
        var delta = (int)number - _number;
        _number = (int)number;
        _buffer[Written++] = (byte)((Nibble(delta) << 4) | Nibble(value.Length));
        WriteExtension(delta);
        WriteExtension(value.Length);
        value.CopyTo(_buffer[Written..]);
        Written += value.Length;
    }

    /// <summary>Adds an option that is a number, in as few octets as it needs (§3.2).</summary>
    public void WriteOption(OptionNumber number, uint value)
    {
        Span<byte> octets = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(octets, value);
        WriteOption(number, octets.TrimStart((byte)0));
    }

    /// <summary>Adds an option that is text.</summary>
    public void WriteOption(OptionNumber number, string text) => WriteOption(number, Encoding.UTF8.GetBytes(text));

    /// <summary>Adds the payload; nothing when it is empty.</summary>
    public void WritePayload(scoped ReadOnlySpan<byte> payload)
    {
        if (!payload.IsEmpty)
        {
            _buffer[Written++] = CoapOptionReader.PayloadMarker;
            payload.CopyTo(_buffer[Written..]);
            Written += payload.Length;
        }
    }

    private static int Nibble(int value) => value < OneOctet ? value : value < LeastWithTwo ? OneOctet : TwoOctets;

    private void WriteExtension(int value)
    {
        if (value >= LeastWithTwo)
        {
            BinaryPrimitives.WriteUInt16BigEndian(_buffer[Written..], (ushort)(value - LeastWithTwo));
            Written += 2;
        }
        else if (value >= OneOctet)
        {
            _buffer[Written++] = (byte)(value - OneOctet);
        }
    }
}
