using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Edge.LocalBroker.Access.Tokens;

namespace Edge.LocalBroker.Tests.Access.Tokens;

/// <summary>Which files of keys are taken.</summary>
public sealed class TokenKeysTests
{
    private const string Curve = "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"";
    private const string NoSet = "is no JWK Set: it must be a JSON object with an array \"keys\"";

    [Fact]
    public void A_set_gives_its_keys_and_says_what_it_skips()
    {
        var keys = ForeignTokens.Keys(ForeignTokens.OfNode("jwks"));

        Assert.Equal(["RS256 \"r1\"", "ES256 \"e1\"", "HS256 \"h1\""], keys.All.Select(key => key.ToString()));
        Assert.Equal(["keys[3], which is neither a secret, RSA nor on P-256", "keys[4], whose use is another than sig"], keys.Skipped);
    }

    [Theory]
    [InlineData("{}", NoSet), InlineData("[]", NoSet), InlineData("{\"keys\":{}}", NoSet), InlineData("{", NoSet), InlineData(" \n{\"keys\":[],\"keys\":[]}", NoSet)]
    [InlineData("\uFEFF{}", NoSet)]
    [InlineData("{\"keys\":[]}", "holds no key for HS256, RS256 or ES256")]
    [InlineData("{\"keys\":[7,{\"kty\":\"OKP\"}]}", "holds no key for HS256, RS256 or ES256: keys[0], which is no key; keys[1], which is neither a secret, RSA nor on P-256")]
    [InlineData("{\"keys\":[{" + Curve + ",\"alg\":\"ES384\"}]}", "holds no key for HS256, RS256 or ES256: keys[0], whose alg is another than ES256")]
    [InlineData("{\"keys\":[{" + Curve + ",\"key_ops\":[\"sign\"]}]}", "holds no key for HS256, RS256 or ES256: keys[0], whose key_ops do not hold verify")]
    [InlineData("{\"keys\":[{\"kty\":\"oct\",\"k\":\"c2hvcnQ\"}]}", "holds in keys[0] a secret of 5 octets; it must be at least 32")]
    [InlineData("{\"keys\":[{" + Curve + "},{\"kty\":\"oct\"}]}", "holds in keys[1] a key with members that are not right")]
    [InlineData("{\"keys\":[{" + Curve + ",\"kid\":7}]}", "holds in keys[0] a key with members that are not right")]
    [InlineData("{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAA\",\"y\":\"AAAA\"}]}", "holds in keys[0] a key on P-256 that is not right")]
    [InlineData("{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AA\",\"e\":\"AQAB\"}]}", "holds in keys[0] an RSA key that is not right")]
    [InlineData("", "holds a secret of 0 octets; it must be at least 32; or it must be a JWK Set or PEM")]
    [InlineData("too short for HS256\n", "holds a secret of 19 octets; it must be at least 32; or it must be a JWK Set or PEM")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "holds a key in PEM that is neither RSA nor on P-256")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAA", "holds PEM that cannot be read; it must be public keys or certificates")]
    [InlineData("-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----", "holds \"EC PRIVATE KEY\" in PEM; it must be \"PUBLIC KEY\", \"RSA PUBLIC KEY\" or \"CERTIFICATE\"")]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDIhz2GK", "holds a public key that is neither PEM nor a JWK Set, and would be taken for a secret; write it as one of those")]
    public void What_is_wrong_with_a_file_is_said(string file, string expected)
    {
        Assert.False(TokenKeys.TryRead(Encoding.UTF8.GetBytes(file), out _, out var fault));
        Assert.Equal(expected, fault);
    }

    [Fact]
    public void A_public_key_is_never_taken_for_a_secret()
    {
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = curve.ExportSubjectPublicKeyInfo();

        Assert.False(TokenKeys.TryRead(key, out _, out var inDer));
        Assert.False(TokenKeys.TryRead(Encoding.ASCII.GetBytes(Convert.ToBase64String(key) + "\n"), out _, out var inBase64));
        Assert.False(TokenKeys.TryRead(Encoding.ASCII.GetBytes(Convert.ToBase64String(key, Base64FormattingOptions.InsertLineBreaks)), out _, out var inLines));
        Assert.Equal(inDer, inLines);
        Assert.Equal(inDer, inBase64);
        Assert.Contains("would be taken for a secret", inDer, StringComparison.Ordinal);
    }

    [Fact]
    public void Weak_keys_and_keys_on_other_curves_are_refused()
    {
        using var rsa = RSA.Create(1_024);
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP384);

        Assert.False(TokenKeys.TryRead(Encoding.ASCII.GetBytes(rsa.ExportSubjectPublicKeyInfoPem()), out _, out var weak));
        Assert.False(TokenKeys.TryRead(Encoding.ASCII.GetBytes(curve.ExportSubjectPublicKeyInfoPem()), out _, out var other));
        Assert.Equal(("holds an RSA key of 1024 bits; it must be at least 2048", "holds a key on another curve than P-256"), (weak, other));
    }

    [Fact]
    public void A_key_on_a_curve_that_nobody_knows_is_refused()
    {
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = curve.ExportSubjectPublicKeyInfo();
        var number = key.AsSpan().IndexOf((byte[])[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]);
        key[number + 2] ^= 0x10; // found by fuzzing

        Assert.False(TokenKeys.TryRead(Encoding.ASCII.GetBytes(PemEncoding.WriteString("PUBLIC KEY", key)), out _, out var fault));
        Assert.Equal("holds a key in PEM that is neither RSA nor on P-256", fault);
    }

    [Fact]
    public void A_file_of_PEM_may_hold_keys_and_certificates_of_both_kinds()
    {
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=issuer", curve, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));
        var file = $"Keys of the plant\n{ForeignTokens.OfNode("rsaPublic")}\n{certificate.ExportCertificatePem()}\n{ForeignTokens.OfNode("ecPublic")}";

        Assert.Equal(["RS256", "ES256", "ES256"], ForeignTokens.Keys(file).All.Select(key => key.ToString()));
        Assert.False(TokenKeys.TryRead(Encoding.ASCII.GetBytes(file + "-----BEGIN PUBLIC KEY-----\nAA"), out _, out _));
    }

    [Theory]
    [InlineData(""), InlineData("\n"), InlineData("\r\n")]
    public void A_secret_ends_before_the_end_of_its_line(string end) =>
        Assert.Equal(
            TokenOutcome.Accepted,
            new TokenCheck(new TokenOptions(), TimeProvider.System).Judge(ForeignTokens.Keys(TestToken.Secret + end), TestToken.Of("\"sub\":\"a\""), "c", null).Outcome);

    [Fact]
    public void No_text_shows_a_key() =>
        Assert.DoesNotContain(TestToken.Secret[..8], string.Concat(TestToken.Keys.All), StringComparison.Ordinal);
}
