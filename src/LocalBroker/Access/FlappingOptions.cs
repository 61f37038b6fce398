namespace Edge.LocalBroker.Access;

/// <summary>When a client that connects again and again is kept out for a while.</summary>
public sealed record FlappingOptions
{
    /// <summary>Connections within <see cref="Window"/> that are taken; the next one is refused. 0 for any number. Default: 0.</summary>
    public int MaxConnects { get; init; }

    /// <summary>Time in which connections are counted. Default: one minute.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long it is kept out. Default: five minutes.</summary>
    public TimeSpan BanTime { get; init; } = TimeSpan.FromMinutes(5);
}
