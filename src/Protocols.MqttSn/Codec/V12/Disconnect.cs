using Edge.Messaging.Wire;

namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>DISCONNECT, good-bye, or a client that goes to sleep (MQTT-SN 1.2 §5.4.21).</summary>
/// <remarks>
/// <code>
/// Length | MsgType=0x18 | Duration
///   1    |      1       |  0 / 2     octets
/// </code>
/// </remarks>
/// <param name="Duration">How long the client means to sleep, in seconds; null for good-bye.</param>
internal readonly record struct Disconnect(ushort? Duration) : IMqttSnMessage<Disconnect>
{
    public static MqttSnMessageType Type => MqttSnMessageType.Disconnect;

    public int Size => MqttSnFrame.SizeOf(Duration is null ? 0 : 2);

    public static bool TryParse(scoped ref WireReader body, out Disconnect message, out ParseError error)
    {
        message = new Disconnect(body.Remaining == 0 ? null : body.ReadUInt16());
        return MqttSnFrame.Ends(body, out error);
    }

    public void Write(Span<byte> destination)
    {
        var body = MqttSnFrame.Begin(destination, Size, Type);
        if (Duration is { } duration)
        {
            body.WriteUInt16(duration);
        }
    }
}
