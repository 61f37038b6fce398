using Edge.Messaging.Wire;

namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>SEARCHGW, a client looks for a gateway (MQTT-SN 1.2 §5.4.2).</summary>
/// <remarks>
/// <code>
/// Length | MsgType=0x01 | Radius
///   1    |      1       |   1      octets
/// </code>
/// </remarks>
internal readonly record struct SearchGw(byte Radius) : IMqttSnMessage<SearchGw>
{
    public static MqttSnMessageType Type => MqttSnMessageType.SearchGw;

    public int Size => MqttSnFrame.SizeOf(bodyLength: 1);

    public static bool TryParse(scoped ref WireReader body, out SearchGw message, out ParseError error)
    {
        message = new SearchGw(body.ReadByte());
        return MqttSnFrame.Ends(body, out error);
    }

    public void Write(Span<byte> destination)
    {
        var body = MqttSnFrame.Begin(destination, Size, Type);
        body.WriteByte(Radius);
    }
}
