using Edge.Messaging.Wire;

namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>CONNECT, a client asks for a connection (MQTT-SN 1.2 §5.4.4).</summary>
/// <remarks>
/// <code>
/// Length | MsgType=0x04 | Flags | ProtocolId | Duration | ClientId
///  1 / 3 |      1       |   1   |     1      |    2     |   0..n     octets
/// </code>
/// Flags: Will and CleanSession.
/// </remarks>
internal readonly ref struct Connect : IMqttSnMessage<Connect>
{
    /// <summary>ProtocolId of MQTT-SN 1.2 (§5.3.8).</summary>
    public const byte Version12 = 0x01;

    public static MqttSnMessageType Type => MqttSnMessageType.Connect;

    /// <summary>Whether the gateway is to ask for a Will.</summary>
    public bool Will { get; init; }

    public bool CleanSession { get; init; }

    public byte ProtocolId { get; init; }

    /// <summary>Keep alive; seconds, 0 for none.</summary>
    public ushort Duration { get; init; }

    /// <summary>ClientId in UTF-8.</summary>
    public ReadOnlySpan<byte> ClientId { get; init; }

    public int Size => MqttSnFrame.SizeOf(4 + ClientId.Length);

    public static bool TryParse(scoped ref WireReader body, out Connect message, out ParseError error)
    {
        var flags = new Flags(body.ReadByte());
        message = new Connect
        {
            Will = flags.Will,
            CleanSession = flags.CleanSession,
            ProtocolId = body.ReadByte(),
            Duration = body.ReadUInt16(),
            ClientId = body.ReadToEnd(),
        };
        error = body.IsTruncated ? ParseError.Truncated
              : !Utf8Text.IsValid(message.ClientId) ? ParseError.InvalidText
              : ParseError.None;
        return error == ParseError.None;
    }

    public void Write(Span<byte> destination)
    {
        var body = MqttSnFrame.Begin(destination, Size, Type);
        body.WriteByte(new Flags { Will = Will, CleanSession = CleanSession }.Value);
        body.WriteByte(ProtocolId);
        body.WriteUInt16(Duration);
        body.WriteBytes(ClientId);
    }
}
