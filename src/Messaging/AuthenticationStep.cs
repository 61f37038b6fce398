namespace Edge.Messaging;

/// <summary>The broker's answer to a step of an <see cref="IAuthenticationExchange"/>.</summary>
/// <param name="Outcome">How it stands.</param>
/// <param name="Data">What the client is to be told (Authentication Data); may be empty.</param>
public readonly record struct AuthenticationStep(AuthenticationOutcome Outcome, ReadOnlyMemory<byte> Data = default);
