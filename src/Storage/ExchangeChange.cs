namespace Edge.Storage;

/// <summary>What a batch changes about an incoming QoS 2 exchange.</summary>
internal enum ExchangeChange : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Begun within the batch: closed within it, nothing of it is written.</summary>
    Opened,

    /// <summary>Closed within the batch.</summary>
    Closed,

    /// <summary>Closed, then begun again.</summary>
    Reopened,
}
