namespace Edge.Messaging;

/// <summary>The broker's answer to a <see cref="ConnectRequest"/>.</summary>
/// <param name="Refusal">Why there is no session; <see cref="ConnectRefusal.None"/> when there is one.</param>
/// <param name="Session">The session; null when refused.</param>
/// <param name="SessionPresent">Whether an earlier session goes on ([MQTT-3.2.2-2]).</param>
public sealed record ConnectOutcome(ConnectRefusal Refusal, IBrokerSession? Session, bool SessionPresent);
