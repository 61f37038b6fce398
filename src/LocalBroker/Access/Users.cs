namespace Edge.LocalBroker.Access;

/// <summary>Who may connect by a password. Never changes; a changed users file makes another.</summary>
public sealed class Users
{
    private readonly Dictionary<string, PasswordHash> _hashes;

    /// <summary>Takes names with the hashes of their passwords.</summary>
    public Users(IEnumerable<KeyValuePair<string, PasswordHash>> hashes)
    {
        _hashes = new(hashes, StringComparer.Ordinal);
        Nobody = PasswordHash.OfNobody(_hashes.Values.Select(hash => hash.Iterations).DefaultIfEmpty(PasswordHash.DefaultIterations).Max());
    }

    /// <summary>The names, in no order that matters.</summary>
    public IReadOnlyCollection<string> Names => _hashes.Keys;

    /// <summary>Whether there is such a user.</summary>
    public bool Contains(string name) => _hashes.ContainsKey(name);

    /// <summary>A hash that takes as long as any and fits no password.</summary>
    internal PasswordHash Nobody { get; }

    /// <summary>What a user's password is compared with; <see cref="Nobody"/> for a name that is not known.</summary>
    internal PasswordHash HashFor(string name) => _hashes.GetValueOrDefault(name, Nobody);
}
