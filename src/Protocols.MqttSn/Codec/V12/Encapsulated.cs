using Edge.Messaging.Wire;

namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>Forwarder Encapsulation: a message together with the node behind a forwarder that it comes from or goes to (MQTT-SN 1.2 §5.5).</summary>
/// <remarks>
/// <code>
/// Length | MsgType=0xFE | Ctrl | Wireless Node Id | MQTT-SN message
///   1    |      1       |  1   |       0..n       |      2..m         octets
/// </code>
/// Length counts up to the end of the Wireless Node Id. Ctrl: Radius in bits 1 and 0, the others reserved.
/// </remarks>
internal readonly ref struct Encapsulated
{
    private const int Header = 3;

    /// <summary>Broadcast radius, 0 to 3; in messages to a forwarder.</summary>
    public byte Radius { get; init; }

    public ReadOnlySpan<byte> WirelessNodeId { get; init; }

    /// <summary>The whole message inside, its own Length included. Not looked into.</summary>
    public ReadOnlySpan<byte> Message { get; init; }

    public int Size => Header + WirelessNodeId.Length + Message.Length;

    /// <summary>Parses a whole datagram.</summary>
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
              : (ctrl & ~0b11) != 0 ? ParseError.ReservedValue
              : ParseError.None;
        return error == ParseError.None;
    }

    public void Write(Span<byte> destination)
    {
        var writer = new WireWriter(destination);
        writer.WriteByte(checked((byte)(Header + WirelessNodeId.Length)));
        writer.WriteByte((byte)MqttSnMessageType.Encapsulated);
        writer.WriteByte(Radius);
        writer.WriteBytes(WirelessNodeId);
        writer.WriteBytes(Message);
    }
}
