using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Org.BouncyCastle.Tls;
using Org.BouncyCastle.Tls.Crypto;
using Org.BouncyCastle.Tls.Crypto.Impl.BC;
using CertificateRequest = Org.BouncyCastle.Tls.CertificateRequest;

namespace Edge.Transports.Dtls;

/// <summary>Our terms of one handshake, and what it found out about the client.</summary>
internal sealed class DtlsServer(BcTlsCrypto crypto, DtlsCredentials credentials, DtlsLinkOptions options) : AbstractTlsServer(crypto), TlsPskIdentityManager
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    // What constrained clients have. The client's order decides.
    private static readonly int[] PskSuites =
    [
        CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256,
        CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_PSK_WITH_AES_128_CCM,
        CipherSuite.TLS_PSK_WITH_AES_128_CCM_8,
        CipherSuite.TLS_PSK_WITH_AES_128_CBC_SHA256,
    ];

    private static readonly int[] EllipticSuites =
    [
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CCM,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8,
    ];

    private static readonly int[] RsaSuites = [CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384];

    /// <summary>Who it is, once the handshake is over.</summary>
    public DtlsIdentity Identity { get; private set; } = new();

    /// <summary>The Connection ID that the client puts into its records; null when it does not know them (RFC 9146).</summary>
    public ulong? ConnectionId { get; private set; }

    /// <summary>Whether the pre-shared key that the client proved to have, if it did, is still its own. Once it is, the former keys are of no use any more.</summary>
    public bool MayStay(DtlsCredentials now)
    {
        var mayStay = Identity.PskIdentity is not { } identity || credentials.Psk?.HasSameKey(identity, now.Psk) == true;
        credentials = mayStay ? now : credentials;
        return mayStay;
    }

    /// <summary>Whether the client has named its identity, so that what it sends from now on must fit its key.</summary>
    public bool HasKey { get; private set; }

    private BcTlsCrypto Own => (BcTlsCrypto)Crypto;

    /// <summary>Records that are damaged or invented are passed over, and never end an association.</summary>
    public override bool IgnoreCorruptDtlsRecords => true;

    public override int GetHandshakeTimeoutMillis() => (int)options.HandshakeTimeout.TotalMilliseconds;

    public override int GetHandshakeResendTimeMillis() => (int)options.RetransmitAfter.TotalMilliseconds;

    public override TlsPskIdentityManager? GetPskIdentityManager() => credentials.Psk is null ? null : this;

    public byte[]? GetHint() => null;

    /// <summary>An identity that is not known gets a key that nobody has, so that nobody learns which identities there are (RFC 4279 §2).</summary>
    public byte[] GetPsk(byte[] identity)
    {
        HasKey = true;
        var name = TryDecode(identity);
        Identity = new DtlsIdentity { PskIdentity = name };
        return (name is null ? null : credentials.Psk?.Find(name)) ?? RandomNumberGenerator.GetBytes(32);
    }

    public override TlsCredentials? GetCredentials() => m_context.SecurityParameters.KeyExchangeAlgorithm switch
    {
        KeyExchangeAlgorithm.PSK or KeyExchangeAlgorithm.ECDHE_PSK => null,
        KeyExchangeAlgorithm.ECDHE_ECDSA => Signer(credentials.Certificate!, SignatureAlgorithm.ecdsa),
        KeyExchangeAlgorithm.ECDHE_RSA => Signer(credentials.Certificate!, SignatureAlgorithm.rsa),
        _ => throw new TlsFatalAlert(AlertDescription.internal_error),
    };

    public override CertificateRequest? GetCertificateRequest() => credentials.ClientCa is null
        ? null
        : new CertificateRequest(
            [ClientCertificateType.ecdsa_sign, ClientCertificateType.rsa_sign], TlsUtilities.GetDefaultSupportedSignatureAlgorithms(m_context), null);

    public override void NotifyClientCertificate(Certificate clientCertificate)
    {
        if (clientCertificate.IsEmpty)
        {
            throw new TlsFatalAlert(AlertDescription.handshake_failure, "it showed no certificate");
        }

        var chain = clientCertificate.GetCertificateList().Select(one => X509CertificateLoader.LoadCertificate(one.GetEncoded())).ToArray();
        using var judge = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
                ApplicationPolicy = { new Oid(ClientAuthentication) },
            },
        };
        judge.ChainPolicy.CustomTrustStore.AddRange(credentials.ClientCa!);
        judge.ChainPolicy.ExtraStore.AddRange(chain[1..]);
        if (!judge.Build(chain[0]))
        {
            var reasons = string.Join(", ", judge.ChainStatus.Select(status => status.Status).Distinct());
            throw new TlsFatalAlert(AlertDescription.bad_certificate, $"the certificate of {chain[0].Subject}: {reasons}");
        }

        Identity = new DtlsIdentity { Certificate = chain[0] };
    }

    protected override ProtocolVersion[] GetSupportedVersions() => ProtocolVersion.DTLSv12.Only();

    protected override int[] GetSupportedCipherSuites() =>
    [
        .. credentials.Psk is null ? [] : PskSuites,
        .. credentials.Certificate is not { } own ? [] : own.IsElliptic ? EllipticSuites : RsaSuites,
    ];

    protected override byte[] GetNewConnectionID()
    {
        var id = RandomNumberGenerator.GetBytes(DtlsRecord.ConnectionIdSize);
        ConnectionId = BinaryPrimitives.ReadUInt64BigEndian(id);
        return id;
    }

    private BcDefaultTlsCredentialedSigner Signer(DtlsCertificate own, short algorithm) => new(
        new TlsCryptoParameters(m_context),
        Own,
        own.Key,
        new Certificate([.. own.Chain.Select(Own.CreateCertificate)]),
        TlsUtilities.ChooseSignatureAndHashAlgorithm(m_context, m_context.SecurityParameters.ClientSigAlgs, algorithm));

    private static string? TryDecode(byte[] utf8)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(utf8);
        }
        catch (DecoderFallbackException)
        {
            return null; // No file can hold it.
        }
    }
}
