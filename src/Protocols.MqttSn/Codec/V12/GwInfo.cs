using Edge.Messaging.Wire;

namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>GWINFO, the answer to SEARCHGW (MQTT-SN 1.2 §5.4.3).</summary>
/// <remarks>
/// <code>
/// Length | MsgType=0x02 | GwId | GwAdd
///   1    |      1       |  1   |  0..n   octets
/// </code>
/// </remarks>
internal readonly ref struct GwInfo : IMqttSnMessage<GwInfo>
{
    public static MqttSnMessageType Type => MqttSnMessageType.GwInfo;

    public byte GwId { get; init; }

    /// <summary>Address of the gateway; empty when the gateway itself answers.</summary>
    public ReadOnlySpan<byte> GwAdd { get; init; }

    public int Size => MqttSnFrame.SizeOf(1 + GwAdd.Length);

    public static bool TryParse(scoped ref WireReader body, out GwInfo message, out ParseError error)
    {
        message = new GwInfo { GwId = body.ReadByte(), GwAdd = body.ReadToEnd() };
        return MqttSnFrame.Ends(body, out error);
    }

    public void Write(Span<byte> destination)
    {
        var body = MqttSnFrame.Begin(destination, Size, Type);
        body.WriteByte(GwId);
        body.WriteBytes(GwAdd);
    }
}
