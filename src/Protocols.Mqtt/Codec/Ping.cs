using Edge.Messaging.Wire;

namespace Edge.Protocols.Mqtt.Codec;

/// <summary>PINGREQ and PINGRESP: nothing but a fixed header (MQTT 5.0 §3.12, §3.13).</summary>
public static class Ping
{
    /// <summary>PINGREQ, whole.</summary>
    public static ReadOnlySpan<byte> Request => [0xC0, 0x00];

    /// <summary>PINGRESP, whole.</summary>
    public static ReadOnlySpan<byte> Response => [0xD0, 0x00];

    /// <summary>Checks a whole packet of the type given.</summary>
    public static bool TryParse(ReadOnlySpan<byte> frame, PacketType type, MqttVersion version, out ParseError error)
    {
        if (FixedHeader.TryOpen(frame, type, version, out _, out var body, out error) && body.Remaining > 0)
        {
            error = ParseError.LengthMismatch;
        }

        return error == ParseError.None;
    }
}
