using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Security;

namespace Edge.Transports.Dtls;

/// <summary>What a DTLS link shows of itself: a certificate, the intermediate ones, and the private key. Immutable; shows no key.</summary>
public sealed class DtlsCertificate
{
    private DtlsCertificate(string subject, IReadOnlyList<byte[]> chain, AsymmetricKeyParameter key, bool isElliptic) =>
        (Subject, Chain, Key, IsElliptic) = (subject, chain, key, isElliptic);

    /// <summary>Whose it is.</summary>
    public string Subject { get; }

    /// <summary>Whether it is one with a key on an elliptic curve; else with an RSA key.</summary>
    public bool IsElliptic { get; }

    /// <summary>The certificates as they are sent, the own first.</summary>
    internal IReadOnlyList<byte[]> Chain { get; }

    internal AsymmetricKeyParameter Key { get; }

    /// <summary>Reads a certificate with its private key.</summary>
    /// <param name="certificates">PEM: the own certificate, then the intermediate ones.</param>
    /// <param name="key">PEM: the private key of the first, not encrypted; ECDSA or RSA.</param>
    /// <param name="certificate">What was read; null when it cannot be used.</param>
    /// <param name="reason">Why not.</param>
    public static bool TryLoad(string certificates, string key, [NotNullWhen(true)] out DtlsCertificate? certificate, [NotNullWhen(false)] out string? reason)
    {
        certificate = null;
        try
        {
            var all = new X509Certificate2Collection();
            all.ImportFromPem(certificates);
            using var own = X509Certificate2.CreateFromPem(certificates, key);
            using var elliptic = own.GetECDsaPrivateKey();
            using var rsa = own.GetRSAPrivateKey();
            var pkcs8 = elliptic?.ExportPkcs8PrivateKey() ?? rsa?.ExportPkcs8PrivateKey();
            if (pkcs8 is null)
            {
                reason = "its key must be an ECDSA or RSA key.";
                return false;
            }

            certificate = new DtlsCertificate(own.Subject, [.. all.Select(one => one.RawData)], PrivateKeyFactory.CreateKey(pkcs8), elliptic is not null);
            reason = null;
            return true;
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            reason = fault.Message;
            return false;
        }
    }
}
