using Edge.Messaging.Wire;

namespace Edge.Protocols.Mqtt.Codec;

/// <summary>AUTH, a step of enhanced authentication; MQTT 5.0 only (MQTT 5.0 §3.15).</summary>
/// <remarks>
/// <code>
/// 0xF0 | Remaining Length | Reason Code | Properties
///   1  |       1..4       |    0..1     |    0..   octets
/// </code>
/// Always names its Authentication Method, unless it is the short form of Success (§3.15.2.1). A view.
/// </remarks>
public readonly ref struct Auth
{
    /// <summary>Success, Continue authentication or Re-authenticate.</summary>
    public ReasonCode ReasonCode { get; init; }

    /// <summary>Properties.</summary>
    public Properties Properties { get; init; }

    /// <summary>Parses a whole packet; before MQTT 5.0 there is no such type.</summary>
    public static bool TryParse(ReadOnlySpan<byte> frame, MqttVersion version, out Auth auth, out ParseError error)
    {
        auth = default;
        if (!FixedHeader.TryOpen(frame, PacketType.Auth, version, out _, out var body, out error))
        {
            return false;
        }

        if (version != MqttVersion.Mqtt5)
        {
            error = ParseError.UnknownType;
            return false;
        }

        if (!ReasonAndProperties.TryParse(ref body, PacketType.Auth, version, out var code, out var properties, out error))
        {
            return false;
        }

        auth = new Auth { ReasonCode = code, Properties = properties };
        var isShort = code == ReasonCode.Success && properties.IsEmpty;
        error = isShort || properties.TryGet(PropertyId.AuthenticationMethod, out _) ? ParseError.None : ParseError.InvalidProperty;
        return error == ParseError.None;
    }

    /// <summary>Octets that <see cref="Write"/> needs.</summary>
    public int Size() => FixedHeader.PacketSizeOf(ReasonAndProperties.SizeOf(MqttVersion.Mqtt5, ReasonCode, Properties));

    /// <summary>Writes the whole packet.</summary>
    public void Write(Span<byte> destination)
    {
        var writer = new WireWriter(destination);
        FixedHeader.Write(ref writer, PacketType.Auth, 0, ReasonAndProperties.SizeOf(MqttVersion.Mqtt5, ReasonCode, Properties));
        ReasonAndProperties.Write(ref writer, MqttVersion.Mqtt5, ReasonCode, Properties);
    }
}
