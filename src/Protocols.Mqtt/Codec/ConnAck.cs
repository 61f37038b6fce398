using Edge.Messaging.Wire;

namespace Edge.Protocols.Mqtt.Codec;

/// <summary>CONNACK, the server's answer to CONNECT (MQTT 5.0 §3.2, MQTT 3.1.1 §3.2).</summary>
/// <remarks>
/// <code>
/// 0x20 | Remaining Length | Session Present | Reason Code | Properties (5.0)
/// </code>
/// A view.
/// </remarks>
public readonly ref struct ConnAck
{
    /// <summary>Whether the server goes on with a session it had. Not said by MQTT 3.1.</summary>
    public bool SessionPresent { get; init; }

    /// <summary>Success or why not. Before MQTT 5.0 the nearest of the five return codes is written.</summary>
    public ReasonCode ReasonCode { get; init; }

    /// <summary>Properties; none before MQTT 5.0.</summary>
    public Properties Properties { get; init; }

    /// <summary>Parses a whole packet.</summary>
    public static bool TryParse(ReadOnlySpan<byte> frame, MqttVersion version, out ConnAck connAck, out ParseError error)
    {
        connAck = default;
        if (!FixedHeader.TryOpen(frame, PacketType.ConnAck, version, out _, out var body, out error))
        {
            return false;
        }

        var flags = version == MqttVersion.Mqtt31 ? body.ReadByte() & 0 : body.ReadByte();
        var octet = body.ReadByte();
        var code = (ReasonCode)octet;
        Properties properties = default;
        if (version == MqttVersion.Mqtt5 && !Properties.TryParse(ref body, PacketSet.ConnAck, out properties, out error))
        {
            return false;
        }

        var known = version == MqttVersion.Mqtt5
            ? ReasonCodeTable.IsAllowed(code, PacketType.ConnAck)
            : ReasonCodeTable.TryFromConnectReturnCode(octet, out code);
        connAck = new ConnAck { SessionPresent = flags == 1, ReasonCode = code, Properties = properties };
        error = body.IsTruncated ? ParseError.Truncated
              : body.Remaining > 0 ? ParseError.LengthMismatch
              : flags > 1 || !known ? ParseError.ReservedValue
              : flags == 1 && octet != 0 ? ParseError.InvalidValue
              : ParseError.None;
        return error == ParseError.None;
    }

    /// <summary>Octets that <see cref="Write"/> needs.</summary>
    public int Size(MqttVersion version) => FixedHeader.PacketSizeOf(RemainingLength(version));

    /// <summary>Writes the whole packet.</summary>
    public void Write(Span<byte> destination, MqttVersion version)
    {
        var writer = new WireWriter(destination);
        FixedHeader.Write(ref writer, PacketType.ConnAck, 0, RemainingLength(version));
        writer.WriteByte(SessionPresent && version != MqttVersion.Mqtt31 ? (byte)1 : (byte)0);
        writer.WriteByte(version == MqttVersion.Mqtt5 ? (byte)ReasonCode : ReasonCodeTable.ToConnectReturnCode(ReasonCode));
        if (version == MqttVersion.Mqtt5)
        {
            Properties.Write(ref writer);
        }
    }

    private int RemainingLength(MqttVersion version) => 2 + (version == MqttVersion.Mqtt5 ? Properties.Size : 0);
}
