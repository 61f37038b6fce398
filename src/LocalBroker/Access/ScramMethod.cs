using System.Security.Cryptography;

namespace Edge.LocalBroker.Access;

/// <summary>A kind of SCRAM (RFC 5802, RFC 7677).</summary>
public sealed class ScramMethod
{
    private ScramMethod(string name, HashAlgorithmName algorithm, int size) => (Name, Algorithm, Size) = (name, algorithm, size);

    /// <summary>SCRAM-SHA-256.</summary>
    public static ScramMethod Sha256 { get; } = new("SCRAM-SHA-256", HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);

    /// <summary>SCRAM-SHA-512.</summary>
    public static ScramMethod Sha512 { get; } = new("SCRAM-SHA-512", HashAlgorithmName.SHA512, SHA512.HashSizeInBytes);

    /// <summary>Every method there is.</summary>
    public static IReadOnlyList<ScramMethod> All { get; } = [Sha256, Sha512];

    /// <summary>Name as clients give it.</summary>
    public string Name { get; }

    /// <summary>Octets of a hash.</summary>
    internal int Size { get; }

    private HashAlgorithmName Algorithm { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>H(text).</summary>
    internal byte[] Hash(ReadOnlySpan<byte> text) => CryptographicOperations.HashData(Algorithm, text);

    /// <summary>HMAC(key, text).</summary>
    internal byte[] Hmac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> text) => CryptographicOperations.HmacData(Algorithm, key, text);

    /// <summary>Hi(password, salt, iterations); slow by intent.</summary>
    internal byte[] SaltedPassword(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, Algorithm, Size);
}
