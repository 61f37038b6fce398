namespace Edge.LocalBroker.Access;

/// <summary>What is kept of a user's password.</summary>
/// <param name="Password">Its hash.</param>
/// <param name="Scram">Its keys for SCRAM, one for each method at most; may be empty.</param>
public sealed record User(PasswordHash Password, params IReadOnlyList<ScramKeys> Scram)
{
    /// <summary>Makes everything that can be kept of a password.</summary>
    /// <param name="password">The password in UTF-8.</param>
    /// <param name="iterations">From <see cref="PasswordHash.LeastIterations"/> to <see cref="PasswordHash.MostIterations"/>.</param>
    public static User Create(ReadOnlySpan<byte> password, int iterations = PasswordHash.DefaultIterations)
    {
        var keys = new List<ScramKeys>();
        foreach (var method in ScramMethod.All)
        {
            keys.Add(ScramKeys.Create(method, password, iterations));
        }

        return new User(PasswordHash.Create(password, iterations), keys);
    }

    /// <summary>The keys for a method; null when there are none.</summary>
    public ScramKeys? KeysFor(ScramMethod method) => Scram.FirstOrDefault(keys => keys.Method == method);
}
