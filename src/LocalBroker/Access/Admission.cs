using Edge.LocalBroker.Access.Tokens;
using Edge.Messaging;

namespace Edge.LocalBroker.Access;

/// <summary>Whether a client is let in.</summary>
/// <param name="Refusal">Why not; <see cref="ConnectRefusal.None"/> when it is.</param>
/// <param name="UserName">The user as whom it is let in; null for an anonymous client. Of one that is refused, the user whom its token names.</param>
/// <param name="Proof">How it proved to be that user.</param>
/// <param name="Token">What its token says beyond that; null when it gave none.</param>
/// <param name="Why">What is wrong with its token, for the log; null when that is not why.</param>
internal readonly record struct Admission(
    ConnectRefusal Refusal, string? UserName = null, IdentityProof Proof = IdentityProof.None, TokenGrant? Token = null, string? Why = null);
