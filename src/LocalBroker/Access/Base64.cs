using System.Diagnostics.CodeAnalysis;

namespace Edge.LocalBroker.Access;

/// <summary>Base64 (RFC 4648 §4) that comes from a file or a client.</summary>
public static class Base64
{
    /// <summary>Decodes a text; false when it is none.</summary>
    public static bool TryDecode(string text, [NotNullWhen(true)] out byte[]? octets)
    {
        var room = new byte[text.Length];
        octets = Convert.TryFromBase64String(text, room, out var size) ? room[..size] : null;
        return octets is not null;
    }
}
