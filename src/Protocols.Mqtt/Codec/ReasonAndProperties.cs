using Edge.Messaging.Wire;

namespace Edge.Protocols.Mqtt.Codec;

/// <summary>
/// How acknowledgements, DISCONNECT and AUTH end from MQTT 5.0 on: with a Reason Code and properties, either of which may be
/// left out from the end (MQTT 5.0 §3.4.2.1, §3.4.2.2.1, §3.14.2.1, §3.15.2.1).
/// </summary>
internal static class ReasonAndProperties
{
    public static bool TryParse(
        scoped ref WireReader body, PacketType type, MqttVersion version, out ReasonCode code, out Properties properties, out ParseError error)
    {
        code = ReasonCode.Success;
        properties = default;
        error = ParseError.None;
        var reads = version == MqttVersion.Mqtt5 && !body.IsTruncated;
        if (reads && body.Remaining > 0)
        {
            code = (ReasonCode)body.ReadByte();
        }

        if (reads && body.Remaining > 0 && !Properties.TryParse(ref body, (PacketSet)(1 << (int)type), out properties, out error))
        {
            return false;
        }

        error = body.IsTruncated ? ParseError.Truncated
              : body.Remaining > 0 ? ParseError.LengthMismatch
              : version == MqttVersion.Mqtt5 && !ReasonCodeTable.IsAllowed(code, type) ? ParseError.ReservedValue
              : ParseError.None;
        return error == ParseError.None;
    }

    public static int SizeOf(MqttVersion version, ReasonCode code, Properties properties) =>
        version != MqttVersion.Mqtt5 ? 0
        : !properties.IsEmpty ? 1 + properties.Size
        : code != ReasonCode.Success ? 1
        : 0;

    public static void Write(scoped ref WireWriter writer, MqttVersion version, ReasonCode code, Properties properties)
    {
        var size = SizeOf(version, code, properties);
        if (size > 0)
        {
            writer.WriteByte((byte)code);
        }

        if (size > 1)
        {
            properties.Write(ref writer);
        }
    }
}
