namespace Edge.LocalBroker.Access.Tokens;

/// <summary>What came of a token, and what it says.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="UserName">The user whom it names; null when it names none, or is none of ours.</param>
/// <param name="Grant">What it says beyond that; null unless it was accepted.</param>
/// <param name="Why">Why it was refused, with nothing of it but names of claims; else empty.</param>
public sealed record TokenVerdict(TokenOutcome Outcome, string? UserName = null, TokenGrant? Grant = null, string Why = "");
