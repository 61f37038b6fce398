using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Edge.Gateway.Configuration;

namespace Edge.Gateway.Fronts.Tls;

/// <summary>What the files of a TLS listener hold: its own certificate, and who signs those of its clients.</summary>
internal sealed class TlsCredentials
{
    private readonly SslStreamCertificateContext _own;
    private readonly X509Certificate2Collection? _clientCa;
    private readonly bool _requiresClientCertificate;

    private TlsCredentials(SslStreamCertificateContext own, X509Certificate2Collection? clientCa, bool requiresClientCertificate) =>
        (_own, _clientCa, _requiresClientCertificate) = (own, clientCa, requiresClientCertificate);

    /// <summary>The listener's certificate.</summary>
    public X509Certificate2 Certificate => _own.TargetCertificate;

    /// <summary>Makes credentials of what the files hold now.</summary>
    /// <remarks>
    /// A certificate that ran out, or is not valid yet, is taken: a gateway whose clock is wrong after a power cut still serves its site, and
    /// the client is the one to judge.
    /// </remarks>
    public static bool TryLoad(TlsSettings settings, [NotNullWhen(true)] out TlsCredentials? credentials, out TlsFault fault)
    {
        credentials = null;
        string? clientRoots = null;
        if (!TryRead("certificate", settings.Certificate!, out var certificates, out fault)
            || !TryRead("key", settings.Key!, out var key, out fault)
            || (settings.ClientCa is not null && !TryRead("client_ca", settings.ClientCa, out clientRoots, out fault)))
        {
            return false;
        }

        if (!TryImport(certificates, out var chain, out var reason))
        {
            fault = new TlsFault("certificate", $"is \"{settings.Certificate}\"; it must be a PEM file with the listener's certificate: {reason}");
            return false;
        }

        X509Certificate2Collection? clientCa = null;
        if (clientRoots is not null && !TryImportRoots(clientRoots, out clientCa, out reason))
        {
            fault = new TlsFault("client_ca", $"is \"{settings.ClientCa}\"; it must be a PEM file with the root certificates that sign the clients': {reason}");
            return false;
        }

        try
        {
            var certificate = X509Certificate2.CreateFromPem(certificates, key);
            var own = SslStreamCertificateContext.Create(certificate, chain, offline: true);
            credentials = new TlsCredentials(own, clientCa, settings.RequireClientCertificate);
            fault = default;
            return true;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            // Which of the two it is depends on the kind of key.
            fault = new TlsFault("key",
                $"is \"{settings.Key}\"; it must be a PEM file with the private key, not encrypted, of the first certificate in \"{settings.Certificate}\": {exception.Message}");
            return false;
        }
    }

    /// <summary>Whether a host name, or one that begins with <c>*</c>, is among those in the certificate.</summary>
    public bool IsFor(string serverName) =>
        CertificateNames.TryRead(Certificate, out var names) && names!.AlternativeNames.Any(name =>
            name.Equals(serverName, StringComparison.OrdinalIgnoreCase) || name.Equals(NamedCertificate.WildcardOf(serverName), StringComparison.OrdinalIgnoreCase));

    /// <summary>The terms of one handshake.</summary>
    /// <param name="shown">Whose certificate is shown.</param>
    /// <param name="protocols">What is agreed on by ALPN; empty leaves whatever the client offers unanswered.</param>
    /// <param name="refused">Told why a client certificate is refused: its subject, if any, and the reason.</param>
    public SslServerAuthenticationOptions ToOptions(TlsCredentials shown, List<SslApplicationProtocol> protocols, Action<string, string> refused)
    {
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = shown._own,
            ApplicationProtocols = protocols,
#pragma warning disable CA5398 // Older versions are broken, whatever the system's own settings allow.
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
#pragma warning restore CA5398
        };
        if (_clientCa is not null)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
            policy.CustomTrustStore.AddRange(_clientCa);
            options.CertificateChainPolicy = policy;
            options.ClientCertificateRequired = true;
            options.AllowTlsResume = false; // Each connection shows its certificate, which may have run out since the last one.
            options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            {
                if (errors == SslPolicyErrors.None || (certificate is null && !_requiresClientCertificate))
                {
                    return true;
                }

                refused(certificate?.Subject ?? "", certificate is null ? "it showed none" : Reasons(chain));
                return false;
            };
        }

        return options;
    }

    private static string Reasons(X509Chain? chain) =>
        string.Join(", ", (chain?.ChainStatus ?? []).Select(status => status.Status).Distinct());

    private static bool TryImportRoots(string pem, out X509Certificate2Collection roots, [NotNullWhen(false)] out string? reason)
    {
        if (TryImport(pem, out roots, out reason) && !roots.Any(root => root.SubjectName.RawData.AsSpan().SequenceEqual(root.IssuerName.RawData)))
        {
            reason = "none in it is self-signed.";
        }

        return reason is null;
    }

    private static bool TryImport(string pem, out X509Certificate2Collection certificates, [NotNullWhen(false)] out string? reason)
    {
        certificates = [];
        try
        {
            certificates.ImportFromPem(pem);
            reason = certificates.Count > 0 ? null : "it holds none.";
        }
        catch (CryptographicException exception)
        {
            reason = exception.Message;
        }

        return reason is null;
    }

    private static bool TryRead(string key, string path, [NotNullWhen(true)] out string? text, out TlsFault fault)
    {
        try
        {
            text = File.ReadAllText(path);
            fault = default;
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            text = null;
            fault = new TlsFault(key, $"is \"{path}\"; it must be the path of a file that exists and can be read: {exception.Message}");
            return false;
        }
    }
}
