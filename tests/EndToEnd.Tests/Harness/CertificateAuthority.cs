using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Edge.EndToEnd.Tests.Harness;

/// <summary>A certificate authority of a test's own. What it issues are PEM files in a folder.</summary>
internal sealed class CertificateAuthority
{
    private readonly string _folder;
    private readonly string _certificate;
    private readonly string _key;
    private readonly string _chain;

    /// <summary>A root.</summary>
    public CertificateAuthority(string folder, string name)
        : this(folder, name, issuer: null)
    {
    }

    private CertificateAuthority(string folder, string name, CertificateAuthority? issuer)
    {
        (_certificate, _key) = Certify($"CN={name}", issuer, From.AddYears(issuer is null ? 100 : 90), request =>
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true)));
        _chain = issuer is null ? "" : _certificate + issuer._chain;
        (_folder, CertificateFile) = (folder, Path.Combine(folder, $"{name}.pem"));
        File.WriteAllText(CertificateFile, _certificate);
    }

    private static DateTimeOffset From { get; } = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Its own certificate.</summary>
    public string CertificateFile { get; }

    /// <summary>An authority whose certificate this one signs. What it issues comes with that certificate behind it.</summary>
    public CertificateAuthority CreateIntermediate(string name) => new(_folder, name, this);

    /// <summary>Issues a certificate for 127.0.0.1 and a name, which is also that of its files.</summary>
    public (string Certificate, string Key) Issue(string name, bool hasRunOut = false)
    {
        var (certificate, key) = Certify($"CN={name}", this, From.AddYears(hasRunOut ? 1 : 50), request =>
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(name);
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
        });
        var files = (Certificate: Path.Combine(_folder, $"{name}.pem"), Key: Path.Combine(_folder, $"{name}.key"));
        File.WriteAllText(files.Certificate, certificate + _chain);
        File.WriteAllText(files.Key, key);
        return files;
    }

    private static (string Certificate, string Key) Certify(string subject, CertificateAuthority? issuer, DateTimeOffset until, Action<CertificateRequest> extend)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        extend(request);
        using var signer = issuer is null ? null : X509Certificate2.CreateFromPem(issuer._certificate, issuer._key);
        using var certificate = signer is null
            ? request.CreateSelfSigned(From, until)
            : request.Create(signer, From, until, RandomNumberGenerator.GetBytes(8));
        return ($"{certificate.ExportCertificatePem()}\n", $"{key.ExportPkcs8PrivateKeyPem()}\n");
    }
}
