using Edge.Messaging.Wire;

namespace Edge.Protocols.Mqtt.Codec;

/// <summary>Checks topics in place, before anything is made of them (MQTT 5.0 §4.7).</summary>
internal static class TopicText
{
    /// <summary>Whether octets are a Topic Name: not empty, no wildcard, no U+0000, well-formed UTF-8 ([MQTT-3.3.2-1], [MQTT-3.3.2-2]).</summary>
    public static bool IsName(ReadOnlySpan<byte> utf8) => utf8.Length > 0 && !HasWildcard(utf8) && Utf8Text.IsValid(utf8);

    /// <summary>Whether a wildcard character stands anywhere.</summary>
    public static bool HasWildcard(ReadOnlySpan<byte> utf8) => utf8.IndexOfAny((byte)'+', (byte)'#') >= 0;

    /// <summary>Why octets are no Topic Name; <see cref="ParseError.None"/> when they are one.</summary>
    public static ParseError CheckName(ReadOnlySpan<byte> utf8) =>
        !Utf8Text.IsValid(utf8) ? ParseError.InvalidText
        : utf8.Length == 0 || HasWildcard(utf8) ? ParseError.InvalidTopic
        : ParseError.None;
}
