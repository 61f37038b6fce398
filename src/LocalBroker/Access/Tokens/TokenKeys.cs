using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Text;

namespace Edge.LocalBroker.Access.Tokens;

/// <summary>The keys that tokens may be signed with. Never changes; a changed file makes others.</summary>
public sealed class TokenKeys
{
    /// <summary>Most keys in a file: a token that names none is held against each.</summary>
    public const int MostKeys = 64;

    /// <summary>Longest file, in octets.</summary>
    public const int LongestFile = 1024 * 1024;

    private static readonly SearchValues<byte> Blanks = SearchValues.Create(" \t\r\n"u8);

    /// <summary>Takes keys.</summary>
    /// <param name="all">The keys.</param>
    /// <param name="skipped">What the file holds that is no key for tokens, and why.</param>
    public TokenKeys(IReadOnlyList<TokenKey> all, IReadOnlyList<string>? skipped = null) => (All, Skipped) = (all, skipped ?? []);

    /// <summary>The keys.</summary>
    public IReadOnlyList<TokenKey> All { get; }

    /// <summary>What the file holds that is no key for tokens, and why.</summary>
    public IReadOnlyList<string> Skipped { get; }

    /// <summary>
    /// Takes what a file holds: a JWK Set (RFC 7517 §5) when it begins with <c>{</c>, public keys or certificates when it is PEM, else
    /// it is a secret, octet by octet but for a line end behind it.
    /// </summary>
    /// <param name="file">What the file holds.</param>
    /// <param name="keys">The keys.</param>
    /// <param name="fault">What is wrong, as the rest of a sentence that begins with the file, with nothing of a key in it.</param>
    public static bool TryRead(byte[] file, [NotNullWhen(true)] out TokenKeys? keys, out string fault)
    {
        keys = null;
        var text = file.AsSpan();
        text = text.StartsWith(Encoding.UTF8.Preamble) ? text[Encoding.UTF8.Preamble.Length..] : text;
        var isSet = text.IndexOfAnyExcept(Blanks) is >= 0 and var first && text[first] is (byte)'{' or (byte)'[';
        if (isSet)
        {
            return JsonWebKeySet.TryRead(text, out keys, out fault);
        }

        if (text.IndexOf("-----BEGIN "u8) >= 0)
        {
            return PemKeys.TryRead(text, out keys, out fault);
        }

        text = text.EndsWith("\n"u8) ? text[..^1] : text;
        text = text.EndsWith("\r"u8) ? text[..^1] : text;
        if (IsPublic(text))
        {
            fault = "holds a public key that is neither PEM nor a JWK Set, and would be taken for a secret; write it as one of those";
            return false;
        }

        if (!TokenKey.TryCreate(text.ToArray(), null, out var secret, out var problem))
        {
            fault = $"holds {problem}; or it must be a JWK Set or PEM";
            return false;
        }

        fault = "";
        keys = new TokenKeys([secret]);
        return true;
    }

    /// <summary>Whether a token was signed with one of the keys.</summary>
    internal bool Signed(JsonWebToken token)
    {
        foreach (var key in All)
        {
            if (key.Signed(token))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether it is a key that everybody may know, in a form that is not read here: DER, Base64 of it, or a line of OpenSSH. Taken as a
    /// secret it would let anybody make tokens.
    /// </summary>
    private static bool IsPublic(ReadOnlySpan<byte> text) =>
        text.StartsWith("ssh-"u8) || text.StartsWith("ecdsa-"u8) || IsSequence(text)
        || (Base64.TryDecode(Letters(text), out var octets) && IsSequence(octets));

    /// <summary>A text without the ends of its lines.</summary>
    private static string Letters(ReadOnlySpan<byte> text) => Encoding.Latin1.GetString(text).ReplaceLineEndings("");

    private static bool IsSequence(ReadOnlySpan<byte> octets)
    {
        try
        {
            AsnDecoder.ReadSequence(octets, AsnEncodingRules.DER, out _, out _, out var size);
            return size == octets.Length;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }
}
