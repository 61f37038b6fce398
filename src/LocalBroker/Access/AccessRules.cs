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

    /// <summary>Whether everything is allowed to everyone, so that nobody needs to ask.</summary>
    public bool IsOpen { get; } = allowsOthers && rules.All(rule => rule.Allow);

    /// <summary>What a client may do.</summary>
    public ClientRights For(ClientIdentity client) => new(this, client);
}
