using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace Edge.LocalBroker.Access;

/// <summary>A password as it is kept: <c>pbkdf2-sha256$ITERATIONS$SALT$HASH</c>, salt and hash in Base64 (RFC 8018 §5.2).</summary>
public sealed class PasswordHash : IEquatable<PasswordHash>
{
    /// <summary>Iterations unless told: about a tenth of a second of one core of a Raspberry Pi 4; decision 0018 says why.</summary>
    public const int DefaultIterations = 100_000;

    /// <summary>Fewest iterations taken.</summary>
    public const int LeastIterations = 1_000;

    /// <summary>Most iterations taken: one verification is not to hold a core for minutes.</summary>
    public const int MostIterations = 10_000_000;

    private const string Scheme = "pbkdf2-sha256";
    private const int SaltSize = 16;
    private const int LeastSaltSize = 8;
    private const int MostSaltSize = 64;

    private readonly byte[] _salt;
    private readonly byte[] _hash;

    private PasswordHash(int iterations, byte[] salt, byte[] hash)
    {
        Iterations = iterations;
        _salt = salt;
        _hash = hash;
    }

    /// <summary>Iterations of the key derivation.</summary>
    public int Iterations { get; }

    /// <summary>Hashes a password with a random salt.</summary>
    /// <param name="password">The password, as a client sends it.</param>
    /// <param name="iterations">From <see cref="LeastIterations"/> to <see cref="MostIterations"/>.</param>
    public static PasswordHash Create(ReadOnlySpan<byte> password, int iterations = DefaultIterations)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, LeastIterations);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(iterations, MostIterations);
        var salt = RandomNumberGenerator.GetBytes(SaltSize);
        return new PasswordHash(iterations, salt, Derive(password, salt, iterations));
    }

    /// <summary>A hash that no known password has, to spend as much time on as on a real one.</summary>
    public static PasswordHash OfNobody(int iterations) =>
        new(iterations, RandomNumberGenerator.GetBytes(SaltSize), RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes));

    /// <summary>Takes the text that <see cref="ToText"/> gave.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out PasswordHash? hash)
    {
        hash = null;
        if (text?.Split('$') is not [Scheme, var count, var salt, var derived]
            || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations)
            || iterations is < LeastIterations or > MostIterations
            || !Base64.TryDecode(salt, out var saltOctets) || saltOctets.Length is < LeastSaltSize or > MostSaltSize
            || !Base64.TryDecode(derived, out var hashOctets) || hashOctets.Length != SHA256.HashSizeInBytes)
        {
            return false;
        }

        hash = new PasswordHash(iterations, saltOctets, hashOctets);
        return true;
    }

    /// <summary>Whether this is the password. Takes as long when it is not; slow by intent.</summary>
    public bool Matches(ReadOnlySpan<byte> password) =>
        CryptographicOperations.FixedTimeEquals(Derive(password, _salt, Iterations), _hash);

    /// <inheritdoc/>
    public bool Equals(PasswordHash? other) =>
        other is not null && Iterations == other.Iterations && _salt.AsSpan().SequenceEqual(other._salt) && _hash.AsSpan().SequenceEqual(other._hash);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PasswordHash);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Iterations, _hash[0], _hash[1], _hash[2], _hash[3]);

    /// <summary>The text for the users file. No log shows it.</summary>
    public string ToText() =>
        string.Create(CultureInfo.InvariantCulture, $"{Scheme}${Iterations}${Convert.ToBase64String(_salt)}${Convert.ToBase64String(_hash)}");

    /// <summary>Nothing that helps to guess.</summary>
    public override string ToString() => Scheme;

    private static byte[] Derive(ReadOnlySpan<byte> password, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);
}
