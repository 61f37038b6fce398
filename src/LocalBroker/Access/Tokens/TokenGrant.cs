using System.Diagnostics.CodeAnalysis;

namespace Edge.LocalBroker.Access.Tokens;

/// <summary>What a client's token says beyond its user's name.</summary>
/// <param name="Acl">The claim that says what the client may do, as JSON; null when it says nothing of that.</param>
/// <param name="EndsAt">When the client is to be let go; null for never.</param>
public sealed record TokenGrant(string? Acl, DateTimeOffset? EndsAt = null)
{
    /// <summary>The rules that <see cref="Acl"/> stands for, read once; one that denies everything when it cannot be read.</summary>
    [AllowNull]
    public IReadOnlyList<AccessRule> Rules
    {
        get => field ??= TokenAcl.RulesOf(Acl);
        init;
    }
}
