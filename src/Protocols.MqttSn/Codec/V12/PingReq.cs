using Edge.Messaging.Wire;

namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>PINGREQ, «are you there», or a sleeping client that asks for its messages (MQTT-SN 1.2 §5.4.19).</summary>
/// <remarks>
/// <code>
/// Length | MsgType=0x16 | ClientId
///   1    |      1       |   0..n     octets
/// </code>
/// </remarks>
internal readonly ref struct PingReq : IMqttSnMessage<PingReq>
{
    public static MqttSnMessageType Type => MqttSnMessageType.PingReq;

    /// <summary>ClientId in UTF-8; empty unless the client sleeps.</summary>
    public ReadOnlySpan<byte> ClientId { get; init; }

    public int Size => MqttSnFrame.SizeOf(ClientId.Length);

    public static bool TryParse(scoped ref WireReader body, out PingReq message, out ParseError error)
    {
        message = new PingReq { ClientId = body.ReadToEnd() };
        error = Utf8Text.IsValid(message.ClientId) ? ParseError.None : ParseError.InvalidText;
        return error == ParseError.None;
    }

    public void Write(Span<byte> destination)
    {
        var body = MqttSnFrame.Begin(destination, Size, Type);
        body.WriteBytes(ClientId);
    }
}
