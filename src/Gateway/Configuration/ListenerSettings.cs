using System.Net;

namespace Edge.Gateway.Configuration;

/// <summary>One listener. Section <c>listeners.X</c>.</summary>
/// <param name="Enabled">Whether it is opened.</param>
/// <param name="Bind">Address and port; port 0 takes a free one.</param>
internal sealed record ListenerSettings(bool Enabled, IPEndPoint Bind)
{
    /// <summary>A listener of this machine alone.</summary>
    public ListenerSettings(bool enabled, int port)
        : this(enabled, new IPEndPoint(IPAddress.Loopback, port))
    {
    }

    /// <summary>Further addresses and ports, where the listener takes several.</summary>
    public IReadOnlyList<IPEndPoint> AlsoBind { get; init; } = [];

    /// <summary>Clients connected at a time; 0 for any number.</summary>
    public int MaxConnections { get; init; }

    /// <summary>Clients connected at a time from one address, where the listener is one of datagrams; 0 for any number.</summary>
    public int MaxConnectionsPerAddress { get; init; }

    /// <summary>How fast datagrams may come from one address, where it is.</summary>
    public Rate MaxDatagramRatePerAddress { get; init; }

    /// <summary>How fast connections are taken in.</summary>
    public Rate MaxConnectionRate { get; init; }

    /// <summary>How fast its clients may publish, all together.</summary>
    public PublishRates Publishing { get; init; }

    /// <summary>Certificates, where the listener is one of TLS.</summary>
    public TlsSettings Tls { get; init; } = new();

    /// <summary>File with pre-shared keys, an absolute path, where the listener is one of DTLS; null when there are none.</summary>
    public string? PskFile { get; init; }

    /// <summary>Whether a client's ClientId must be the name of its user, where the listener is one of DTLS.</summary>
    public bool BindsClientIds { get; init; }

    /// <summary>Path of the URL, where the listener is one of WebSocket.</summary>
    public string Path { get; init; } = "/mqtt";
}
