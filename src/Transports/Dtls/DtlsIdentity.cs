using System.Security.Cryptography.X509Certificates;

namespace Edge.Transports.Dtls;

/// <summary>Who proved in its handshake to be at the other end of an association. Both are null for who was not asked.</summary>
public sealed record DtlsIdentity
{
    /// <summary>The PSK identity, whose key it has; null when it did not come with a pre-shared key (RFC 4279).</summary>
    public string? PskIdentity { get; init; }

    /// <summary>The client certificate, signed by one of <see cref="DtlsCredentials.ClientCa"/>, whose private key it has; null when it showed none.</summary>
    public X509Certificate2? Certificate { get; init; }
}
