using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Edge.Messaging.Wire;

/// <summary>Text from a wire: strict UTF-8 without U+0000 ([MQTT-1.5.4-1], [MQTT-1.5.4-2]). Refuses, never replaces.</summary>
public static class Utf8Text
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Decodes octets; false when they are ill-formed or hold U+0000.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out string? text)
    {
        var valid = IsValid(utf8);
        text = valid ? Strict.GetString(utf8) : null;
        return valid;
    }

    /// <summary>Whether octets are well-formed UTF-8 without U+0000.</summary>
    public static bool IsValid(ReadOnlySpan<byte> utf8) =>
        !utf8.Contains((byte)0) && System.Text.Unicode.Utf8.IsValid(utf8);

    /// <summary>Whether a text can be written: it holds neither U+0000 nor half a surrogate pair.</summary>
    public static bool IsValid(ReadOnlySpan<char> text) => !text.Contains('\0') && AreSurrogatesPaired(text);

    private static bool AreSurrogatesPaired(ReadOnlySpan<char> text)
    {
        for (var next = text.IndexOfAnyInRange('\uD800', '\uDFFF'); next >= 0; next = text.IndexOfAnyInRange('\uD800', '\uDFFF'))
        {
            if (next + 1 == text.Length || !char.IsSurrogatePair(text[next], text[next + 1]))
            {
                return false;
            }

            text = text[(next + 2)..];
        }

        return true;
    }
}
