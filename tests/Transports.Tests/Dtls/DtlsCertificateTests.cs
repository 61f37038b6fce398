using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Edge.Transports.Dtls;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.Tls;
using Org.BouncyCastle.Tls.Crypto;
using Org.BouncyCastle.Tls.Crypto.Impl.BC;

namespace Edge.Transports.Tests.Dtls;

/// <summary>Handshakes with certificates.</summary>
public sealed class DtlsCertificateTests : IDisposable
{
    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData(true, CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8)]
    [InlineData(true, CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256)]
    [InlineData(false, CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256)]
    public async Task The_link_shows_its_certificate_and_asks_for_none_unless_it_knows_whom_to_trust(bool isElliptic, int suite)
    {
        using var server = new EchoServer(new DtlsCredentials { Certificate = Own(isElliptic) });
        using var client = new DtlsClient(server.Port);
        var terms = new CertificateTerms(suite);

        await client.ConnectAsync(terms);

        Assert.Equal("hello", client.Echo("hello"));
        Assert.Equal("CN=gateway", terms.ServerName);
        Assert.Equal(new DtlsIdentity(), server.Received[0].Identity);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_client_is_who_its_certificate_says(bool isElliptic)
    {
        using var server = new EchoServer(WithClients());
        using var client = new DtlsClient(server.Port);

        await client.ConnectAsync(new CertificateTerms(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, _authority.Issue("press-7", TestAuthority.Client, isElliptic)));

        Assert.Equal("hello", client.Echo("hello"));
        Assert.Equal((null, "CN=press-7"), (server.Received[0].Identity!.PskIdentity, server.Received[0].Identity!.Certificate!.Subject));
    }

    [Theory]
    [InlineData("none", AlertDescription.handshake_failure, "it showed no certificate")]
    [InlineData("foreign", AlertDescription.bad_certificate, "PartialChain")]
    [InlineData("expired", AlertDescription.bad_certificate, "NotTimeValid")]
    [InlineData("server's", AlertDescription.bad_certificate, "NotValidForUsage")]
    public async Task One_that_shows_none_or_a_wrong_one_is_turned_away(string which, short alert, string reason)
    {
        using var server = new EchoServer(WithClients());
        using var client = new DtlsClient(server.Port);
        using var foreign = new TestAuthority("other CA");
        (string, string)? shown = which switch
        {
            "foreign" => foreign.Issue("press-7", TestAuthority.Client),
            "expired" => _authority.Issue("press-7", TestAuthority.Client, lastYear: 2001),
            "server's" => _authority.Issue("press-7", TestAuthority.Server),
            _ => null,
        };

        var told = await Assert.ThrowsAsync<TlsFatalAlertReceived>(
            () => client.ConnectAsync(new CertificateTerms(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8, shown)));

        Assert.Equal(alert, told.AlertDescription);
        await server.WhenAsync(() => server.Link.AssociationCounters.Failed == 1);
        Assert.Contains(reason, Assert.Single(server.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_the_client_has_no_key_for_is_worth_nothing()
    {
        using var server = new EchoServer(WithClients());
        using var client = new DtlsClient(server.Port);
        var (certificate, _) = _authority.Issue("press-7", TestAuthority.Client);
        var (_, otherKey) = _authority.Issue("press-8", TestAuthority.Client);

        await Assert.ThrowsAsync<TlsFatalAlertReceived>(
            () => client.ConnectAsync(new CertificateTerms(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8, (certificate, otherKey))));

        await server.WhenAsync(() => server.Link.AssociationCounters is { Failed: 1, Associations: 0 });
    }

    [Fact]
    public async Task Keys_and_certificates_go_side_by_side()
    {
        using var server = new EchoServer(WithClients() with { Psk = EchoServer.Keys() });
        using var one = new DtlsClient(server.Port);
        using var other = new DtlsClient(server.Port);

        await one.ConnectAsync(1);
        await other.ConnectAsync(new CertificateTerms(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8, _authority.Issue("press-7", TestAuthority.Client)));

        Assert.Equal(("1", "2"), (one.Echo("1"), other.Echo("2")));
        Assert.Equal("dev1", server.Received[0].Identity!.PskIdentity);
        Assert.Equal("CN=press-7", server.Received[1].Identity!.Certificate!.Subject);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("certificate", "")]
    [InlineData("certificate", "other key")]
    [InlineData("key", "key")]
    public void What_cannot_be_used_is_said(string certificate, string key)
    {
        var (own, ownKey) = _authority.Issue("gateway", TestAuthority.Server);
        var (_, otherKey) = _authority.Issue("other", TestAuthority.Server);
        var pem = new Dictionary<string, string> { [""] = "", ["certificate"] = own, ["key"] = ownKey, ["other key"] = otherKey };

        Assert.False(DtlsCertificate.TryLoad(pem[certificate], pem[key], out _, out var reason));

        Assert.NotEmpty(reason);
    }

    private DtlsCertificate Own(bool isElliptic)
    {
        var (certificate, key) = _authority.Issue("gateway", TestAuthority.Server, isElliptic);
        Assert.True(DtlsCertificate.TryLoad(certificate, key, out var own, out var reason), reason);
        return own;
    }

    private DtlsCredentials WithClients() => new() { Certificate = Own(isElliptic: true), ClientCa = [_authority.Root] };

    /// <summary>A client with certificates, or with none.</summary>
    private sealed class CertificateTerms(int suite, (string Certificate, string Key)? own = null) : DefaultTlsClient(new BcTlsCrypto()), TlsAuthentication
    {
        public string? ServerName { get; private set; }

        public override int GetHandshakeTimeoutMillis() => 20_000;

        public override TlsAuthentication GetAuthentication() => this;

        public void NotifyServerCertificate(TlsServerCertificate serverCertificate)
        {
            using var shown = X509CertificateLoader.LoadCertificate(serverCertificate.Certificate.GetCertificateAt(0).GetEncoded());
            ServerName = shown.Subject;
        }

        public TlsCredentials? GetClientCredentials(Org.BouncyCastle.Tls.CertificateRequest certificateRequest)
        {
            if (own is not var (certificate, key))
            {
                return null;
            }

            using var read = X509Certificate2.CreateFromPem(certificate);
            var isElliptic = read.GetKeyAlgorithm() == "1.2.840.10045.2.1";
            var pkcs8 = PemEncoding.Find(key) is var fields ? Convert.FromBase64String(key[fields.Base64Data]) : [];
            var crypto = (BcTlsCrypto)Crypto;
            return new BcDefaultTlsCredentialedSigner(
                new TlsCryptoParameters(m_context),
                crypto,
                PrivateKeyFactory.CreateKey(pkcs8),
                new Certificate([crypto.CreateCertificate(read.RawData)]),
                new SignatureAndHashAlgorithm(Org.BouncyCastle.Tls.HashAlgorithm.sha256, isElliptic ? SignatureAlgorithm.ecdsa : SignatureAlgorithm.rsa));
        }

        protected override ProtocolVersion[] GetSupportedVersions() => ProtocolVersion.DTLSv12.Only();

        protected override int[] GetSupportedCipherSuites() => [suite];
    }
}
