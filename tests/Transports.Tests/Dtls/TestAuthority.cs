using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Edge.Transports.Tests.Dtls;

/// <summary>An authority that signs certificates.</summary>
internal sealed class TestAuthority : IDisposable
{
    public const string Server = "1.3.6.1.5.5.7.3.1";
    public const string Client = "1.3.6.1.5.5.7.3.2";

    public TestAuthority(string name = "CA")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        Root = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }

    public X509Certificate2 Root { get; }

    /// <summary>A certificate and its key, in PEM.</summary>
    public (string Certificate, string Key) Issue(string name, string usage, bool isElliptic = true, int lastYear = 2099)
    {
        using AsymmetricAlgorithm key = isElliptic ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : RSA.Create(2048);
        var request = key is ECDsa elliptic
            ? new CertificateRequest($"CN={name}", elliptic, HashAlgorithmName.SHA256)
            : new CertificateRequest($"CN={name}", (RSA)key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        using var issuer = Root.GetECDsaPrivateKey()!;
        using var certificate = request.Create(
            Root.SubjectName,
            X509SignatureGenerator.CreateForECDsa(issuer),
            new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero),
            new DateTimeOffset(lastYear, 1, 1, 0, 0, 0, TimeSpan.Zero),
            RandomNumberGenerator.GetBytes(8));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose() => Root.Dispose();
}
