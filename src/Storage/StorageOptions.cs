namespace Edge.Storage;

/// <summary>Settings of the store. Section <c>store</c>, and the place from <c>gateway.data_dir</c>.</summary>
public sealed record StorageOptions
{
    /// <summary>Folder that holds the store's files; made when missing.</summary>
    public required string Directory { get; init; }

    /// <summary>Longest wait of a write for company, so that many share one commit; 0 to 10 s. What is acknowledged meanwhile is never written.</summary>
    public TimeSpan CommitDelay { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Longest wait of a change that nobody waits for, such as a removal; at least <see cref="CommitDelay"/>.</summary>
    public TimeSpan RemovalDelay { get; init; } = TimeSpan.FromMilliseconds(500);
}
