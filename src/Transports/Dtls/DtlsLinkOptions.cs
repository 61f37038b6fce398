namespace Edge.Transports.Dtls;

/// <summary>Limits of a DTLS link. Against floods from invented addresses there is the cookie, which costs no memory; these hold for who returned it.</summary>
public sealed record DtlsLinkOptions
{
    /// <summary>Handshakes at once; each has a thread with a small stack. Some more wait for their turn. 1 and up.</summary>
    public int MaxHandshakes { get; init; } = 32;

    /// <summary>Of them, and of those that wait, so many from one address; an IPv6 network of 64 bits counts as one. 1 and up.</summary>
    public int MaxHandshakesPerAddress { get; init; } = 8;

    /// <summary>Associations. When there are as many, the one silent for longest ends for a new one. 1 and up.</summary>
    public int MaxAssociations { get; init; } = 10_000;

    /// <summary>Of them, so many from one address, likewise. 1 and up.</summary>
    public int MaxAssociationsPerAddress { get; init; } = 1_000;

    /// <summary>Longest handshake. In whole milliseconds, 1 and up. The retransmissions of most clients come within the default.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Wait before a flight that is not answered is sent again; doubles each time (RFC 6347 §4.2.4.1). In whole milliseconds, 1 and up.</summary>
    public TimeSpan RetransmitAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long nothing may come from an association. Longer by default than an MQTT-SN client can sleep.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Told, on the thread that receives, of each handshake that failed: with whom, and why, as far as is known. Null for nobody.</summary>
    public Action<LinkAddress, string>? HandshakeFailed { get; init; }

    /// <summary>Sizes of the socket's buffers.</summary>
    public UdpLinkOptions Udp { get; init; } = new();
}
