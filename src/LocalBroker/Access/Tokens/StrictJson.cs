using System.Text.Json;

namespace Edge.LocalBroker.Access.Tokens;

/// <summary>JSON that comes from a client or a file: no name twice in an object (RFC 7519 §4), and only text that can be decoded.</summary>
internal static class StrictJson
{
    /// <summary>Reads a text; false when it is no such JSON. No text in what it gives fails to decode.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out JsonElement root)
    {
        root = default;
        try
        {
            var reader = new Utf8JsonReader(text);
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                {
                    reader.GetString();
                }
            }

            root = JsonElement.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return true;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return false; // The latter for octets or escapes that are no text.
        }
    }

    /// <summary>The text of a member; null when there is none, or it is none.</summary>
    public static string? TextOf(JsonElement members, string name) =>
        members.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;
}
