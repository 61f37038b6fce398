namespace Edge.Messaging.Stores;

/// <summary>The queue that an entry belongs to, as the store sees it. Called from the store's thread; returns soon.</summary>
public interface ILogEntryOwner
{
    /// <summary>The entry is on disk.</summary>
    void OnStored(LogEntry entry);

    /// <summary>That PUBREC was received for the entry is on disk.</summary>
    void OnReceivedStored(LogEntry entry);
}
