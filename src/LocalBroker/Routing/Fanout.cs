using Edge.Messaging.Stores;

namespace Edge.LocalBroker.Routing;

/// <summary>What one message's way to its receivers has brought about so far.</summary>
internal struct Fanout
{
    /// <summary>Whether any subscription matched.</summary>
    public bool HasReceivers { get; set; }

    /// <summary>Entries to append to the log; null for none.</summary>
    public List<LogEntry>? Appended { get; private set; }

    /// <summary>Completes when every durable receiver has the message; null when there is none.</summary>
    public PublishReceipt? Receipt { get; private set; }

    /// <summary>Completes when a receiver that falls behind has caught up or is waited for no longer; null when none does.</summary>
    public Task? Relief { get; private set; }

    /// <summary>One more durable receiver.</summary>
    public void Keep(LogEntry entry)
    {
        Receipt ??= new PublishReceipt();
        Receipt.Expect();
        entry.Receipt = Receipt;
        (Appended ??= []).Add(entry);
    }

    /// <summary>A receiver asks for a pause. Of several the last is waited for: the publisher is to slow down, not to stop.</summary>
    public void Pause(Task relief) => Relief = relief;
}
