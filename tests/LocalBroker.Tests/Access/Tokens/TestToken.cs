using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Edge.LocalBroker.Access.Tokens;

namespace Edge.LocalBroker.Tests.Access.Tokens;

/// <summary>Tokens as a test needs them, signed with a secret.</summary>
internal static class TestToken
{
    public const string Secret = "0123456789abcdef0123456789abcdef";

    public static TokenKeys Keys { get; } = ForeignTokens.Keys(Secret);

    /// <summary>A token with these claims, in JSON without the braces.</summary>
    public static byte[] Of(string claims, string header = """{"alg":"HS256"}""") => OfText($"{{{claims}}}", header);

    /// <summary>A token with this text in the place of its claims.</summary>
    public static byte[] OfText(string text, string header = """{"alg":"HS256"}""") => Signed(Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header)), Encoding.UTF8.GetBytes(text));

    public static byte[] Signed(string header, byte[] claims)
    {
        var signed = Encoding.UTF8.GetBytes($"{header}.{Base64Url.EncodeToString(claims)}");
        return [.. signed, (byte)'.', .. Base64Url.EncodeToUtf8(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), signed))];
    }
}
