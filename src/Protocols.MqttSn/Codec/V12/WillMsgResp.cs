using Edge.Messaging.Wire;

namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>WILLMSGRESP, the answer to WILLMSGUPD (MQTT-SN 1.2 §5.4.25).</summary>
/// <remarks>
/// <code>
/// Length | MsgType=0x1D | ReturnCode
///   1    |      1       |     1        octets
/// </code>
/// </remarks>
internal readonly record struct WillMsgResp(MqttSnReturnCode ReturnCode) : IMqttSnMessage<WillMsgResp>
{
    public static MqttSnMessageType Type => MqttSnMessageType.WillMsgResp;

    public int Size => MqttSnFrame.SizeOf(bodyLength: 1);

    public static bool TryParse(scoped ref WireReader body, out WillMsgResp message, out ParseError error)
    {
        message = new WillMsgResp((MqttSnReturnCode)body.ReadByte());
        return MqttSnFrame.Ends(body, out error);
    }

    public void Write(Span<byte> destination)
    {
        var body = MqttSnFrame.Begin(destination, Size, Type);
        body.WriteByte((byte)ReturnCode);
    }
}
