namespace Edge.Messaging.Stores;

/// <summary>One kept session as it was read back.</summary>
/// <param name="Record">Its terms.</param>
/// <param name="Subscriptions">Its subscriptions.</param>
/// <param name="ReceivedPacketIds">Packet Identifiers of incoming QoS 2 messages that are not released.</param>
/// <param name="Entries">
/// Its queue in order of position, without the messages (see <see cref="IMessageLog.ReadAsync"/>); those whose PUBREC was kept are
/// <see cref="LogEntryState.Releasable"/>. <see cref="LogEntry.IsStored"/> and <see cref="LogEntry.Dup"/> are set,
/// <see cref="LogEntry.Owner"/> is set by the session that takes them over.
/// </param>
public sealed record StoredSession(
    SessionRecord Record,
    IReadOnlyList<Subscription> Subscriptions,
    IReadOnlyList<ushort> ReceivedPacketIds,
    IReadOnlyList<LogEntry> Entries);
