using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Edge.LocalBroker.Access.Tokens;

/// <summary>A key that tokens are signed with, or the public part of it. It fits one algorithm and no other (RFC 8725 §3.1).</summary>
/// <remarks>
/// What the framework makes of a key is kept, as making it costs more than verifying with it, and is used by one at a time, as the framework
/// promises no more. It goes with the last check that uses it, so nobody disposes of it.
/// </remarks>
public sealed class TokenKey
{
    /// <summary>Fewest octets of a secret: as many as its hash has (RFC 7518 §3.2).</summary>
    public const int LeastSecretSize = 32;

    /// <summary>Fewest bits of an RSA key (RFC 7518 §3.3).</summary>
    public const int LeastRsaBits = 2_048;

    private readonly Lock _gate = new();
    private readonly Func<ReadOnlyMemory<byte>, byte[], bool> _verify;

    private TokenKey(TokenAlgorithm algorithm, string? id, Func<ReadOnlyMemory<byte>, byte[], bool> verify) => (Algorithm, Id, _verify) = (algorithm, id, verify);

    /// <summary>The algorithm it fits.</summary>
    public TokenAlgorithm Algorithm { get; }

    /// <summary>Its name, <c>kid</c>; null when it has none, and fits tokens that name any.</summary>
    public string? Id { get; }

    /// <summary>Takes a secret.</summary>
    public static bool TryCreate(byte[] secret, string? id, [NotNullWhen(true)] out TokenKey? key, out string fault)
    {
        var isLong = secret.Length >= LeastSecretSize;
        fault = isLong ? "" : $"a secret of {secret.Length} octets; it must be at least {LeastSecretSize}";
        key = isLong
            ? new TokenKey(TokenAlgorithm.HS256, id, (text, signature) => CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(secret, text.Span), signature))
            : null;
        return key is not null;
    }

    /// <summary>Takes a public key of RSA.</summary>
    public static bool TryCreate(RSAParameters parameters, string? id, [NotNullWhen(true)] out TokenKey? key, out string fault)
    {
        (key, fault) = (null, "an RSA key that is not right");
        try
        {
            var rsa = RSA.Create(parameters);
            fault = rsa.KeySize < LeastRsaBits ? $"an RSA key of {rsa.KeySize} bits; it must be at least {LeastRsaBits}" : "";
            key = fault.Length > 0 ? null : new TokenKey(
                TokenAlgorithm.RS256, id, (text, signature) => rsa.VerifyData(text.Span, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        }
        catch (CryptographicException)
        {
            return false;
        }

        return key is not null;
    }

    /// <summary>Takes a public key on P-256.</summary>
    public static bool TryCreate(ECParameters parameters, string? id, [NotNullWhen(true)] out TokenKey? key, out string fault)
    {
        (key, fault) = (null, "a key on P-256 that is not right");
        try
        {
            var curve = ECDsa.Create(parameters);
            key = new TokenKey(TokenAlgorithm.ES256, id, (text, signature) =>
                curve.VerifyData(text.Span, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
        }
        catch (CryptographicException)
        {
            return false;
        }

        fault = "";
        return true;
    }

    /// <summary>The algorithm and the name; nothing of the key.</summary>
    public override string ToString() => Id is null ? $"{Algorithm}" : $"{Algorithm} \"{Id}\"";

    /// <summary>Whether a token was signed with it.</summary>
    internal bool Signed(JsonWebToken token)
    {
        if (token.Algorithm != $"{Algorithm}" || (Id is not null && token.KeyId is not null && token.KeyId != Id))
        {
            return false;
        }

        lock (_gate)
        {
            return _verify(token.Signed, token.Signature);
        }
    }
}
