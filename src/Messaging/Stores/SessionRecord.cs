namespace Edge.Messaging.Stores;

/// <summary>The terms of a kept session.</summary>
public sealed record SessionRecord
{
    /// <summary>Number of the session and of its queue; 1 and up.</summary>
    public required long Number { get; init; }

    /// <summary>ClientId.</summary>
    public required string ClientId { get; init; }

    /// <summary>Whose it is: the user by whom its latest connection was let in; null for an anonymous client.</summary>
    public string? UserName { get; init; }

    /// <summary>Where its latest connection came from, as an IP end point of port 0; null when that was no IP address.</summary>
    public string? Peer { get; init; }

    /// <summary>Common Name of the certificate that its latest connection showed; null when there was none.</summary>
    public string? CertificateName { get; init; }

    /// <summary>What its latest connection's token said it may do, as JSON; null when it said nothing.</summary>
    public string? Acl { get; init; }

    /// <summary>How long the session outlives its connection; <see cref="TimeSpan.MaxValue"/> for ever.</summary>
    public required TimeSpan Expiry { get; init; }

    /// <summary>When the connection ended; null while connected (a restart then counts as its end).</summary>
    public DateTimeOffset? DisconnectedAt { get; init; }

    /// <summary>How long the client may be silent while it sleeps, counted from the latest start of the gateway; null when it does not sleep.</summary>
    public TimeSpan? Sleep { get; init; }

    /// <summary>What the client's protocol noted for itself; empty when that is nothing.</summary>
    public ReadOnlyMemory<byte> Note { get; init; }

    /// <summary>The Will of the present connection, or one that waits for its delay; null when there is none.</summary>
    public WillMessage? Will { get; init; }
}
