namespace Edge.Messaging.Stores;

/// <summary>What a publisher waits for: one call per receiver that has the message on disk or has acknowledged it.</summary>
public interface IKeptReceipt
{
    /// <summary>One receiver is done.</summary>
    void Kept();
}
