using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Edge.LocalBroker.Access;

/// <summary>Who may connect by a password. Never changes; a changed users file makes another.</summary>
public sealed class Users
{
    private readonly Dictionary<string, User> _users;
    private readonly Dictionary<ScramMethod, int[]> _iterations;

    /// <summary>Takes names with what is kept of their passwords.</summary>
    /// <param name="users">The users.</param>
    /// <param name="saltKey">See <see cref="SaltKey"/>; null for a random one.</param>
    public Users(IEnumerable<KeyValuePair<string, User>> users, byte[]? saltKey = null)
    {
        _users = new(users, StringComparer.Ordinal);
        SaltKey = saltKey ?? RandomNumberGenerator.GetBytes(32);
        Nobody = PasswordHash.OfNobody(_users.Values.Select(user => user.Password.Iterations).DefaultIfEmpty(PasswordHash.DefaultIterations).Max());
        _iterations = ScramMethod.All.ToDictionary(method => method, method => _users.Values
            .Select(user => user.KeysFor(method)?.Iterations ?? 0)
            .Where(count => count > 0)
            .DefaultIfEmpty(PasswordHash.DefaultIterations)
            .Order()
            .ToArray());
    }

    /// <summary>The names, in no order that matters.</summary>
    public IReadOnlyCollection<string> Names => _users.Keys;

    /// <summary>The users by their names.</summary>
    public IReadOnlyDictionary<string, User> All => _users;

    /// <summary>
    /// Makes the salts that SCRAM shows for names that are no users: always the same for a name, also after a restart when the key was kept,
    /// so that nobody can tell by them who is a user.
    /// </summary>
    public ReadOnlyMemory<byte> SaltKey { get; }

    /// <summary>Whether there is such a user.</summary>
    public bool Contains(string name) => _users.ContainsKey(name);

    /// <summary>A hash that takes as long as any and fits no password.</summary>
    internal PasswordHash Nobody { get; }

    /// <summary>What a user's password is compared with; <see cref="Nobody"/> for a name that is not known.</summary>
    internal PasswordHash HashFor(string name) => _users.TryGetValue(name, out var user) ? user.Password : Nobody;

    /// <summary>What a user proves to have the password of; keys that nobody can have for a name that is not known or has none.</summary>
    internal ScramKeys KeysFor(ScramMethod method, string name)
    {
        var mark = HMACSHA256.HashData(SaltKey.Span, Encoding.UTF8.GetBytes($"{method.Name}\0{name}"));
        var iterations = _iterations[method];
        var count = iterations[BinaryPrimitives.ReadUInt32BigEndian(mark.AsSpan(ScramKeys.SaltSize)) % (uint)iterations.Length];
        var nobody = ScramKeys.OfNobody(method, mark[..ScramKeys.SaltSize], count);
        return _users.GetValueOrDefault(name)?.KeysFor(method) ?? nobody;
    }
}
