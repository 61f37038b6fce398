using Edge.Messaging.Wire;

namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>Forwarder Encapsulation: a message together with the node behind a forwarder that it comes from or goes to (MQTT-SN 1.2 §5.5).</summary>
/// <remarks>
/// <code>
/// Length | MsgType=0xFE | Ctrl | Wireless Node Id | MQTT-SN message
///   1    |      1       |  1   |       0..n       |      2..m         octets
/// </code>
/// Length counts up to the end of the Wireless Node Id. Ctrl: Radius in bits 1 and 0; the others are reserved and ignored.
/// </remarks>
public readonly ref struct Encapsulated
{
    private const int Header = 3;

    /// <summary>Broadcast radius, 0 to 3; of a meaning in messages to a forwarder only, where 0 says that it is for one node.</summary>
    public byte Radius { get; init; }

    /// <summary>Octets by which the forwarder knows the node, 0 to 252 of them.</summary>
    public ReadOnlySpan<byte> WirelessNodeId { get; init; }

    /// <summary>The whole message inside, its own Length included. Not looked into.</summary>
    public ReadOnlySpan<byte> Message { get; init; }

    /// <summary>Octets of it all.</summary>
    public int Size => SizeOf(WirelessNodeId, Message.Length);

    /// <summary>Whether a datagram means to be one, well-formed or not.</summary>
    public static bool Is(ReadOnlySpan<byte> datagram) => datagram is [not 0x01, (byte)MqttSnMessageType.Encapsulated, ..];

    /// <summary>Octets of it all.</summary>
    /// <param name="wirelessNodeId">The node.</param>
    /// <param name="message">Octets of the message inside.</param>
    public static int SizeOf(ReadOnlySpan<byte> wirelessNodeId, int message) => Header + wirelessNodeId.Length + message;

    /// <summary>Parses a whole datagram.</summary>
    /// <param name="datagram">Its octets.</param>
    /// <param name="message">What it is made of.</param>
    /// <param name="error">Why it was refused.</param>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out Encapsulated message, out ParseError error)
    {
        var reader = new WireReader(datagram);
        var length = reader.ReadByte();
        var type = (MqttSnMessageType)reader.ReadByte();
        var ctrl = reader.ReadByte();
        message = new Encapsulated
        {
            Radius = (byte)(ctrl & 0b11),
            WirelessNodeId = reader.ReadBytes(length - Header),
            Message = reader.ReadToEnd(),
        };
        error = datagram.Length < Header ? ParseError.Truncated
              : type != MqttSnMessageType.Encapsulated ? ParseError.UnknownType
              : length < Header ? ParseError.LengthMismatch
              : message.Message.IsEmpty ? ParseError.Truncated
              : ParseError.None;
        return error == ParseError.None;
    }

    /// <summary>Writes all of it.</summary>
    /// <param name="destination"><see cref="Size"/> octets.</param>
    public void Write(Span<byte> destination) => Message.CopyTo(Wrap(destination, WirelessNodeId, Radius));

    /// <summary>Writes what stands before the message.</summary>
    /// <param name="destination">Room for it all.</param>
    /// <param name="wirelessNodeId">The node.</param>
    /// <param name="radius">Broadcast radius.</param>
    /// <returns>The room for the message.</returns>
    public static Span<byte> Wrap(Span<byte> destination, ReadOnlySpan<byte> wirelessNodeId, byte radius = 0)
    {
        var length = SizeOf(wirelessNodeId, message: 0);
        destination[0] = checked((byte)length);
        destination[1] = (byte)MqttSnMessageType.Encapsulated;
        destination[2] = radius;
        wirelessNodeId.CopyTo(destination[Header..]);
        return destination[length..];
    }
}
