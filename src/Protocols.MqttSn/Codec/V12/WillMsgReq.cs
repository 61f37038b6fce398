using Edge.Messaging.Wire;

namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>WILLMSGREQ, the gateway asks for the Will message (MQTT-SN 1.2 §5.4.8).</summary>
/// <remarks>
/// <code>
/// Length | MsgType=0x08
///   1    |      1        octets
/// </code>
/// </remarks>
internal readonly record struct WillMsgReq : IMqttSnMessage<WillMsgReq>
{
    public static MqttSnMessageType Type => MqttSnMessageType.WillMsgReq;

    public int Size => MqttSnFrame.SizeOf(bodyLength: 0);

    public static bool TryParse(scoped ref WireReader body, out WillMsgReq message, out ParseError error)
    {
        message = default;
        return MqttSnFrame.Ends(body, out error);
    }

    public void Write(Span<byte> destination) => MqttSnFrame.Begin(destination, Size, Type);
}
