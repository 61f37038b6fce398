namespace Edge.LocalBroker.Access;

/// <summary>The access list: rules in order, of which the first that fits decides. Never changes; a changed file makes another.</summary>
/// <param name="rules">The rules.</param>
/// <param name="allowsOthers">Whether what no rule fits is allowed.</param>
public sealed class AccessRules(IReadOnlyList<AccessRule> rules, bool allowsOthers)
{
    /// <summary>Allows everything.</summary>
    public static AccessRules Open { get; } = new([], allowsOthers: true);

    /// <summary>Rules in order.</summary>
    public IReadOnlyList<AccessRule> Rules => rules;

    /// <summary>Whether what no rule fits is allowed.</summary>
    public bool AllowsOthers => allowsOthers;

    /// <summary>Whether everything is allowed to everyone, unless a token says otherwise.</summary>
    public bool IsOpen { get; } = allowsOthers && rules.All(rule => rule.Allow);

    /// <summary>What a client may do.</summary>
    public ClientRights For(ClientIdentity client) => new(this, client);

    /// <summary>Whether a client may do everything, so that nobody needs to ask.</summary>
    internal bool LeavesOpen(ClientIdentity client) => IsOpen && client.Token?.Acl is null;
}
