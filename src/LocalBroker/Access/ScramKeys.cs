using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace Edge.LocalBroker.Access;

/// <summary>
/// What the server keeps of a password for SCRAM: <c>scram-sha-256$ITERATIONS$SALT$STOREDKEY$SERVERKEY</c>, all but the first two in
/// Base64 (RFC 5802 §3). Nobody can log in with it, and it is as slow to guess from as a <see cref="PasswordHash"/> of as many iterations.
/// </summary>
public sealed class ScramKeys : IEquatable<ScramKeys>
{
    /// <summary>Octets of a salt that is made here.</summary>
    internal const int SaltSize = 16;

    private const int MostSaltSize = 64;

    private ScramKeys(ScramMethod method, int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) =>
        (Method, Iterations, Salt, StoredKey, ServerKey) = (method, iterations, salt, storedKey, serverKey);

    /// <summary>The method they are for.</summary>
    public ScramMethod Method { get; }

    /// <summary>Iterations of the key derivation, which the client has to make; in the range of <see cref="PasswordHash"/>.</summary>
    public int Iterations { get; }

    internal byte[] Salt { get; }

    internal byte[] StoredKey { get; }

    internal byte[] ServerKey { get; }

    /// <summary>Makes the keys of a password with a random salt.</summary>
    /// <param name="method">The method.</param>
    /// <param name="password">The password, in UTF-8. It is taken as it is, without SASLprep (RFC 4013), which leaves printable ASCII as it is.</param>
    /// <param name="iterations">From <see cref="PasswordHash.LeastIterations"/> to <see cref="PasswordHash.MostIterations"/>.</param>
    public static ScramKeys Create(ScramMethod method, ReadOnlySpan<byte> password, int iterations) =>
        Derive(method, password, RandomNumberGenerator.GetBytes(SaltSize), iterations);

    /// <summary>Takes the text that <see cref="ToText"/> gave; false when it is no such text, or one of another method.</summary>
    public static bool TryParse(ScramMethod method, [NotNullWhen(true)] string? text, [NotNullWhen(true)] out ScramKeys? keys)
    {
        keys = null;
        if (text?.Split('$') is not [var scheme, var count, var salt, var stored, var server]
            || scheme != SchemeOf(method)
            || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations)
            || iterations is < PasswordHash.LeastIterations or > PasswordHash.MostIterations
            || !Base64.TryDecode(salt, out var saltOctets) || saltOctets.Length is 0 or > MostSaltSize
            || !Base64.TryDecode(stored, out var storedKey) || storedKey.Length != method.Size
            || !Base64.TryDecode(server, out var serverKey) || serverKey.Length != method.Size)
        {
            return false;
        }

        keys = new ScramKeys(method, iterations, saltOctets, storedKey, serverKey);
        return true;
    }

    /// <summary>The text for the users file. No log shows it.</summary>
    public string ToText() => string.Create(
        CultureInfo.InvariantCulture,
        $"{SchemeOf(Method)}${Iterations}${Convert.ToBase64String(Salt)}${Convert.ToBase64String(StoredKey)}${Convert.ToBase64String(ServerKey)}");

    /// <inheritdoc/>
    public bool Equals(ScramKeys? other) => other is not null && ToText() == other.ToText();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ScramKeys);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Method, Iterations, StoredKey[0], StoredKey[1]);

    /// <summary>Nothing that helps to guess.</summary>
    public override string ToString() => SchemeOf(Method);

    /// <summary>RFC 5802 §3.</summary>
    internal static ScramKeys Derive(ScramMethod method, ReadOnlySpan<byte> password, byte[] salt, int iterations)
    {
        var salted = method.SaltedPassword(password, salt, iterations);
        return new ScramKeys(method, iterations, salt, method.Hash(method.Hmac(salted, "Client Key"u8)), method.Hmac(salted, "Server Key"u8));
    }

    /// <summary>Keys that no password fits, with a salt and a number that look like those of a user.</summary>
    internal static ScramKeys OfNobody(ScramMethod method, byte[] salt, int iterations) =>
        new(method, iterations, salt, RandomNumberGenerator.GetBytes(method.Size), RandomNumberGenerator.GetBytes(method.Size));

    [SuppressMessage("Globalization", "CA1308", Justification = "The name is ASCII.")]
    private static string SchemeOf(ScramMethod method) => method.Name.ToLowerInvariant();
}
