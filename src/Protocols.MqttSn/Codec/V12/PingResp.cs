using Edge.Messaging.Wire;

namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>PINGRESP, the answer to PINGREQ, and the end of what a sleeping client is sent (MQTT-SN 1.2 §5.4.20).</summary>
/// <remarks>
/// <code>
/// Length | MsgType=0x17
///   1    |      1        octets
/// </code>
/// </remarks>
internal readonly record struct PingResp : IMqttSnMessage<PingResp>
{
    public static MqttSnMessageType Type => MqttSnMessageType.PingResp;

    public int Size => MqttSnFrame.SizeOf(bodyLength: 0);

    public static bool TryParse(scoped ref WireReader body, out PingResp message, out ParseError error)
    {
        message = default;
        return MqttSnFrame.Ends(body, out error);
    }

    public void Write(Span<byte> destination) => MqttSnFrame.Begin(destination, Size, Type);
}
