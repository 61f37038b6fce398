using Edge.Messaging.Wire;

namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>WILLTOPICREQ, the gateway asks for the Will topic (MQTT-SN 1.2 §5.4.6).</summary>
/// <remarks>
/// <code>
/// Length | MsgType=0x06
///   1    |      1        octets
/// </code>
/// </remarks>
internal readonly record struct WillTopicReq : IMqttSnMessage<WillTopicReq>
{
    public static MqttSnMessageType Type => MqttSnMessageType.WillTopicReq;

    public int Size => MqttSnFrame.SizeOf(bodyLength: 0);

    public static bool TryParse(scoped ref WireReader body, out WillTopicReq message, out ParseError error)
    {
        message = default;
        return MqttSnFrame.Ends(body, out error);
    }

    public void Write(Span<byte> destination) => MqttSnFrame.Begin(destination, Size, Type);
}
