namespace Edge.Gateway.Configuration;

/// <summary>The files of a TLS listener; all PEM, all absolute paths.</summary>
/// <param name="Certificate">The listener's certificate, behind it the intermediate ones that are sent along; null when none was given.</param>
/// <param name="Key">Private key of <paramref name="Certificate"/>; null when none was given.</param>
/// <param name="ClientCa">Root certificates that sign the clients'; null asks no client for a certificate.</param>
/// <param name="RequireClientCertificate">Whether a client without a certificate is turned away.</param>
internal sealed record TlsSettings(string? Certificate = null, string? Key = null, string? ClientCa = null, bool RequireClientCertificate = false)
{
    /// <summary>Certificates shown instead of <see cref="Certificate"/> to clients that ask for their names.</summary>
    public IReadOnlyList<NamedCertificate> Named { get; init; } = [];
}
