using Edge.Messaging.Wire;

namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>WILLTOPICRESP, the answer to WILLTOPICUPD (MQTT-SN 1.2 §5.4.24).</summary>
/// <remarks>
/// <code>
/// Length | MsgType=0x1B | ReturnCode
///   1    |      1       |     1        octets
/// </code>
/// </remarks>
internal readonly record struct WillTopicResp(MqttSnReturnCode ReturnCode) : IMqttSnMessage<WillTopicResp>
{
    public static MqttSnMessageType Type => MqttSnMessageType.WillTopicResp;

    public int Size => MqttSnFrame.SizeOf(bodyLength: 1);

    public static bool TryParse(scoped ref WireReader body, out WillTopicResp message, out ParseError error)
    {
        message = new WillTopicResp((MqttSnReturnCode)body.ReadByte());
        return MqttSnFrame.Ends(body, out error);
    }

    public void Write(Span<byte> destination)
    {
        var body = MqttSnFrame.Begin(destination, Size, Type);
        body.WriteByte((byte)ReturnCode);
    }
}
