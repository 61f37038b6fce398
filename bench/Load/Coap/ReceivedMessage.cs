using System.Buffers.Binary;

namespace Edge.Load.Coap;

/// <summary>What a load wants to know of a CoAP message that arrived.</summary>
internal readonly ref struct ReceivedMessage
{
    private const int Observe = 6;
    private const byte PayloadMarker = 0xFF;

    private ReceivedMessage(ReadOnlySpan<byte> datagram)
    {
        var tokenLength = datagram[0] & 0x0F;
        Type = (datagram[0] >> 4) & 3;
        Code = datagram[1];
        MessageId = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        Token = tokenLength == MessageEncoder.TokenLength ? BinaryPrimitives.ReadUInt32BigEndian(datagram[MessageEncoder.HeaderLength..]) : null;

        var rest = datagram[(MessageEncoder.HeaderLength + tokenLength)..];
        var number = 0;
        while (!rest.IsEmpty && rest[0] != PayloadMarker)
        {
            var first = rest[0];
            rest = rest[1..];
            number += Extended(first >> 4, ref rest);
            var length = Extended(first & 0x0F, ref rest);
            IsNotification |= number == Observe;
            rest = rest[length..];
        }

        Payload = rest.IsEmpty ? rest : rest[1..];
    }

    internal int Type { get; }

    internal byte Code { get; }

    internal ushort MessageId { get; }

    /// <summary>Its Token; null when it is none that a load gives out.</summary>
    internal uint? Token { get; }

    /// <summary>True when it has the Observe Option.</summary>
    internal bool IsNotification { get; }

    internal ReadOnlySpan<byte> Payload { get; }

    internal static ReceivedMessage Read(ReadOnlySpan<byte> datagram)
    {
        try
        {
            return new(datagram);
        }
        catch (Exception fault) when (fault is ArgumentException or IndexOutOfRangeException)
        {
            throw new LoadException($"The server sent a malformed message: {Convert.ToHexString(datagram)}");
        }
    }

    // RFC 7252 §3.1: 13 and 14 stand for one and two octets more.
    private static int Extended(int nibble, ref ReadOnlySpan<byte> rest)
    {
        var octets = nibble switch { 13 => 1, 14 => 2, _ => 0 };
        var value = nibble switch
        {
            13 => 13 + rest[0],
            14 => 269 + BinaryPrimitives.ReadUInt16BigEndian(rest),
            _ => nibble,
        };
        rest = rest[octets..];
        return value;
    }
}
