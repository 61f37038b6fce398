using System.Diagnostics.CodeAnalysis;
using System.Text;
using Edge.Messaging.Wire;

namespace Edge.Messaging;

/// <summary>A Topic Name: where a message is published. Never holds a wildcard or U+0000 (MQTT 5.0 §4.7, [MQTT-3.3.2-2]).</summary>
public readonly record struct TopicName
{
    /// <summary>Longest name, in UTF-8 octets (MQTT 5.0 §1.5.4).</summary>
    public const int MaxOctets = 65_535;

    private readonly string? _value;

    private TopicName(string value) => _value = value;

    /// <summary>True for topics such as <c>$SYS/…</c>, which a filter that begins with a wildcard does not match ([MQTT-4.7.2-1]).</summary>
    public bool IsReserved => _value is ['$', ..];

    /// <summary>Takes a text that may be a Topic Name; false when it is empty, too long, no text, or holds <c>+</c>, <c>#</c> or U+0000.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out TopicName name)
    {
        var valid = text is { Length: > 0 }
            && text.AsSpan().IndexOfAny('+', '#') < 0
            && Utf8Text.IsValid(text)
            && (text.Length <= MaxOctets / 3 || Encoding.UTF8.GetByteCount(text) <= MaxOctets);
        name = valid ? new TopicName(text!) : default;
        return valid;
    }

    /// <summary>Takes octets from a wire; false also when they are no well-formed UTF-8.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out TopicName name)
    {
        name = default;
        return utf8.Length is > 0 and <= MaxOctets && Utf8Text.TryDecode(utf8, out var text) && TryParse(text, out name);
    }

    /// <summary>The name as text; empty for the default value, which names no topic.</summary>
    public override string ToString() => _value ?? string.Empty;
}
