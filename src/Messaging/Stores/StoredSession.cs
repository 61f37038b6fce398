namespace Edge.Messaging.Stores;

/// <summary>One kept session as it was read back.</summary>
/// <param name="Record">Its terms.</param>
/// <param name="Subscriptions">Its subscriptions.</param>
/// <param name="ReceivedPacketIds">Packet Identifiers of incoming QoS 2 messages that are not released.</param>
/// <param name="Entries">Its queue in order of position; the messages stay on disk until <see cref="IMessageLog.ReadAsync"/>.</param>
public sealed record StoredSession(
    SessionRecord Record,
    IReadOnlyList<Subscription> Subscriptions,
    IReadOnlyList<ushort> ReceivedPacketIds,
    IReadOnlyList<StoredEntry> Entries);
