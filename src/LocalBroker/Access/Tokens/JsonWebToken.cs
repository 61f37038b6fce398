using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Edge.LocalBroker.Access.Tokens;

/// <summary>A token taken apart (RFC 7515 §3.1): three parts in Base64url, of which the first is JSON. Nothing of it is believed yet.</summary>
internal sealed class JsonWebToken
{
    private const string Critical = "crit";

    private JsonWebToken(string algorithm, string? keyId, bool isCritical, ReadOnlyMemory<byte> signed, byte[] claims, byte[] signature)
    {
        (Algorithm, KeyId, IsCritical) = (algorithm, keyId, isCritical);
        (Signed, Claims, Signature) = (signed, claims, signature);
    }

    /// <summary>The algorithm that the token claims.</summary>
    public string Algorithm { get; }

    /// <summary>The key that it names; null when it names none.</summary>
    public string? KeyId { get; }

    /// <summary>Whether it holds something that must be understood (RFC 7515 §4.1.11). Nothing of the kind is.</summary>
    public bool IsCritical { get; }

    /// <summary>The octets that are signed.</summary>
    public ReadOnlyMemory<byte> Signed { get; }

    /// <summary>The second part, decoded.</summary>
    public byte[] Claims { get; }

    /// <summary>The third part, decoded.</summary>
    public byte[] Signature { get; }

    /// <summary>Takes a token apart; false when it is none.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> octets, [NotNullWhen(true)] out JsonWebToken? token)
    {
        token = null;
        var first = octets.Span.IndexOf((byte)'.');
        var last = octets.Span.LastIndexOf((byte)'.');
        if (first >= last
            || !TryDecode(octets.Span[..first], out var header)
            || !TryDecode(octets.Span[(first + 1)..last], out var claims)
            || !TryDecode(octets.Span[(last + 1)..], out var signature)
            || !StrictJson.TryParse(header, out var members) || members.ValueKind != JsonValueKind.Object
            || StrictJson.TextOf(members, "alg") is not { } algorithm)
        {
            return false;
        }

        var keyId = StrictJson.TextOf(members, "kid");
        if (keyId is null && members.TryGetProperty("kid", out _))
        {
            return false;
        }

        token = new JsonWebToken(algorithm, keyId, members.TryGetProperty(Critical, out _), octets[..last], claims, signature);
        return true;
    }

    /// <summary>Whether a text may be meant as a token, so that no log should show it.</summary>
    public static bool LooksLikeOne(string text) => text.StartsWith("ey", StringComparison.Ordinal) && text.Contains('.');

    /// <summary>
    /// Decodes Base64url (RFC 4648 §5) without padding. There is one way to write some octets, and no other is taken: the last letter may
    /// have bits that mean nothing, and a token must not be changed without being another.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> text, [NotNullWhen(true)] out byte[]? octets)
    {
        octets = null;
        var room = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (text.IsEmpty || Base64Url.DecodeFromUtf8(text, room, out _, out var size) != System.Buffers.OperationStatus.Done
            || !text.SequenceEqual(Encoding.ASCII.GetBytes(Base64Url.EncodeToString(room.AsSpan(0, size)))))
        {
            return false;
        }

        octets = room[..size];
        return true;
    }
}
