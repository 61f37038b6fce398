namespace Edge.LocalBroker.Access.Tokens;

/// <summary>What is asked of tokens beside a signature by a known key. Section <c>auth.jwt</c>.</summary>
public sealed record TokenOptions
{
    private static readonly Dictionary<string, ClaimTemplate> NoClaims = [];

    /// <summary>Where clients give their tokens.</summary>
    public TokenPlace From { get; init; }

    /// <summary>The claim that names the user.</summary>
    public string UserClaim { get; init; } = "sub";

    /// <summary>Claims that must be there, with the values they must have.</summary>
    public IReadOnlyDictionary<string, ClaimTemplate> Claims { get; init; } = NoClaims;

    /// <summary>The claim that says what the client may do.</summary>
    public string AclClaim { get; init; } = "acl";

    /// <summary>Whether a client is let go when its token expires.</summary>
    public bool DisconnectsAfterExpiry { get; init; } = true;

    /// <summary>How far the clock of whoever makes tokens may differ from the one here.</summary>
    public TimeSpan Leeway { get; init; }
}
