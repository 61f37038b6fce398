using Edge.Messaging.Wire;

namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>WILLMSGUPD, a new payload for the Will (MQTT-SN 1.2 §5.4.23).</summary>
/// <remarks>
/// <code>
/// Length | MsgType=0x1C | WillMsg
///   1    |      1       |  0..n     octets
/// </code>
/// </remarks>
internal readonly ref struct WillMsgUpd : IMqttSnMessage<WillMsgUpd>
{
    public static MqttSnMessageType Type => MqttSnMessageType.WillMsgUpd;

    public ReadOnlySpan<byte> Message { get; init; }

    public int Size => MqttSnFrame.SizeOf(Message.Length);

    public static bool TryParse(scoped ref WireReader body, out WillMsgUpd message, out ParseError error)
    {
        message = new WillMsgUpd { Message = body.ReadToEnd() };
        return MqttSnFrame.Ends(body, out error);
    }

    public void Write(Span<byte> destination)
    {
        var body = MqttSnFrame.Begin(destination, Size, Type);
        body.WriteBytes(Message);
    }
}
