using Edge.Messaging.Wire;

namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>WILLMSG, the payload of the Will, asked for by WILLMSGREQ (MQTT-SN 1.2 §5.4.9).</summary>
/// <remarks>
/// <code>
/// Length | MsgType=0x09 | WillMsg
///   1    |      1       |  0..n     octets
/// </code>
/// </remarks>
internal readonly ref struct WillMsg : IMqttSnMessage<WillMsg>
{
    public static MqttSnMessageType Type => MqttSnMessageType.WillMsg;

    public ReadOnlySpan<byte> Message { get; init; }

    public int Size => MqttSnFrame.SizeOf(Message.Length);

    public static bool TryParse(scoped ref WireReader body, out WillMsg message, out ParseError error)
    {
        message = new WillMsg { Message = body.ReadToEnd() };
        return MqttSnFrame.Ends(body, out error);
    }

    public void Write(Span<byte> destination)
    {
        var body = MqttSnFrame.Begin(destination, Size, Type);
        body.WriteBytes(Message);
    }
}
