using System.Collections.Concurrent;
using Edge.Messaging.Stores;

namespace Edge.Storage.Tests;

/// <summary>A queue that notes what the store told it.</summary>
internal sealed class Owner : ILogEntryOwner
{
    public ConcurrentQueue<LogEntry> Stored { get; } = new();

    public ConcurrentQueue<LogEntry> Received { get; } = new();

    public void OnStored(LogEntry entry) => Stored.Enqueue(entry);

    public void OnReceivedStored(LogEntry entry) => Received.Enqueue(entry);
}
