namespace Edge.Messaging;

/// <summary>Which message gives way when a queue is full.</summary>
public enum OverflowPolicy : byte
{
    /// <summary>The oldest that is not in flight: receivers get the latest state.</summary>
    DropOldest,

    /// <summary>The one that arrives: receivers get an unbroken beginning.</summary>
    DropNewest,
}
