namespace Edge.Messaging.Stores;

/// <summary>What a store gives back at start.</summary>
/// <param name="Sessions">Kept sessions with all that belongs to them.</param>
/// <param name="Retained">Retained messages.</param>
/// <param name="Delayed">Delayed messages.</param>
public sealed record StoredState(IReadOnlyList<StoredSession> Sessions, IReadOnlyList<Message> Retained, IReadOnlyList<DelayedMessage> Delayed);
