using Edge.Messaging;

namespace Edge.LocalBroker.Access;

/// <summary>Whether a client is let in.</summary>
/// <param name="Refusal">Why not; <see cref="ConnectRefusal.None"/> when it is.</param>
/// <param name="UserName">The user as whom it is let in; null for an anonymous client.</param>
/// <param name="Proof">How it proved to be that user.</param>
internal readonly record struct Admission(ConnectRefusal Refusal, string? UserName = null, IdentityProof Proof = IdentityProof.None);
