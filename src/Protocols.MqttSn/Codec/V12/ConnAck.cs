using Edge.Messaging.Wire;

namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>CONNACK, the gateway's answer to a connection request (MQTT-SN 1.2 §5.4.5).</summary>
/// <remarks>
/// <code>
/// Length | MsgType=0x05 | ReturnCode
///   1    |      1       |     1        octets
/// </code>
/// </remarks>
internal readonly record struct ConnAck(MqttSnReturnCode ReturnCode) : IMqttSnMessage<ConnAck>
{
    public static MqttSnMessageType Type => MqttSnMessageType.ConnAck;

    public int Size => MqttSnFrame.SizeOf(bodyLength: 1);

    public static bool TryParse(scoped ref WireReader body, out ConnAck message, out ParseError error)
    {
        message = new ConnAck((MqttSnReturnCode)body.ReadByte());
        return MqttSnFrame.Ends(body, out error);
    }

    public void Write(Span<byte> destination)
    {
        var body = MqttSnFrame.Begin(destination, Size, Type);
        body.WriteByte((byte)ReturnCode);
    }
}
