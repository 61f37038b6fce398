using System.Security.Cryptography.X509Certificates;

namespace Edge.Transports.Dtls;

/// <summary>What a DTLS link knows its clients by, and they it. Immutable; a link takes another when files have changed.</summary>
public sealed record DtlsCredentials
{
    /// <summary>Keys shared with clients; null turns the cipher suites with pre-shared keys off.</summary>
    public PskTable? Psk { get; init; }

    /// <summary>The link's certificate; null turns the cipher suites with certificates off.</summary>
    public DtlsCertificate? Certificate { get; init; }

    /// <summary>Roots that sign the clients' certificates. When there are any, a client that comes without a pre-shared key must show one; null asks for none.</summary>
    public X509Certificate2Collection? ClientCa { get; init; }
}
