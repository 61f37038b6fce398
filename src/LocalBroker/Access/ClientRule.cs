using System.Net;

namespace Edge.LocalBroker.Access;

/// <summary>Whom a rule is about. What it leaves open it does not ask for; all it names must hold.</summary>
public abstract record ClientRule
{
    /// <summary>Names of users, of which one must be the client's; <c>*</c> at the end stands for anything. Empty for any client.</summary>
    public IReadOnlyList<string> Users { get; init; } = [];

    /// <summary>ClientIds, likewise.</summary>
    public IReadOnlyList<string> Clients { get; init; } = [];

    /// <summary>Networks, of which one must hold the client's address. Empty for any client.</summary>
    public IReadOnlyList<IPNetwork> Networks { get; init; } = [];

    /// <summary>Where it was written, such as <c>acl.toml:12</c>.</summary>
    public string Origin { get; init; } = "";

    /// <summary>Whether it is about a client.</summary>
    internal virtual bool IsAbout(ClientIdentity client) =>
        (Users.Count == 0 || Fits(Users, client.UserName))
        && (Clients.Count == 0 || Fits(Clients, client.ClientId))
        && (Networks.Count == 0 || (client.Address is { } address && Networks.Any(network => network.Contains(address))));

    private static bool Fits(IReadOnlyList<string> patterns, string? name) => name is not null && patterns.Any(
        pattern => pattern.EndsWith('*') ? name.AsSpan().StartsWith(pattern.AsSpan(..^1), StringComparison.Ordinal) : pattern == name);
}
