namespace Edge.LocalBroker.Access.Tokens;

/// <summary>What came of a token.</summary>
public enum TokenOutcome
{
    /// <summary>It is no token, or none that was signed by one of the keys: somebody else may know what it is.</summary>
    NotMine = 0,

    /// <summary>It was signed by one of the keys, and what it says is wrong.</summary>
    Refused,

    /// <summary>It is right.</summary>
    Accepted,
}
