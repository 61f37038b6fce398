using System.Diagnostics.CodeAnalysis;

namespace Edge.LocalBroker.Access;

/// <summary>Base64 (RFC 4648 §4) that comes from a file or a client.</summary>
public static class Base64
{
    /// <summary>Decodes a text; false when it is none. There is one way to write some octets, without blanks and idle bits, and no other is taken.</summary>
    public static bool TryDecode(string text, [NotNullWhen(true)] out byte[]? octets)
    {
        var room = new byte[text.Length];
        octets = Convert.TryFromBase64String(text, room, out var size) && Convert.ToBase64String(room, 0, size) == text ? room[..size] : null;
        return octets is not null;
    }
}
