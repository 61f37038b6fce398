using Edge.Messaging.Wire;

namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>ADVERTISE, a gateway says from time to time that it is there (MQTT-SN 1.2 §5.4.1).</summary>
/// <remarks>
/// <code>
/// Length | MsgType=0x00 | GwId | Duration
///   1    |      1       |  1   |    2       octets
/// </code>
/// </remarks>
/// <param name="GwId">The gateway's id.</param>
/// <param name="Duration">Time until the next ADVERTISE; seconds.</param>
internal readonly record struct Advertise(byte GwId, ushort Duration) : IMqttSnMessage<Advertise>
{
    public static MqttSnMessageType Type => MqttSnMessageType.Advertise;

    public int Size => MqttSnFrame.SizeOf(bodyLength: 3);

    public static bool TryParse(scoped ref WireReader body, out Advertise message, out ParseError error)
    {
        message = new Advertise(body.ReadByte(), body.ReadUInt16());
        return MqttSnFrame.Ends(body, out error);
    }

    public void Write(Span<byte> destination)
    {
        var body = MqttSnFrame.Begin(destination, Size, Type);
        body.WriteByte(GwId);
        body.WriteUInt16(Duration);
    }
}
