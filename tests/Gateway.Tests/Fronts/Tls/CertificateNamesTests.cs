using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Edge.Gateway.Fronts.Tls;
using Edge.Messaging;

namespace Edge.Gateway.Tests.Fronts.Tls;

/// <summary>What the broker is told of a client's certificate.</summary>
public sealed class CertificateNamesTests : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose() => _key.Dispose();

    [Theory]
    [InlineData("CN=press-7", "CN=press-7", "press-7")]
    [InlineData("CN=press-7, OU=hall 2, O=Example, C=DE", "CN=press-7,OU=hall 2,O=Example,C=DE", "press-7")]
    [InlineData("CN=\"Mr. X, the \"\"boss\"\"\", O=A+B", "CN=Mr. X\\, the \\\"boss\\\",O=A\\+B", "Mr. X, the \"boss\"")]
    [InlineData("CN=Düse ✓", "CN=Düse ✓", "Düse ✓")]
    [InlineData("CN=\"#1 \"", "CN=\\#1\\ ", "#1 ")]
    [InlineData("DC=example, DC=com", "DC=example,DC=com", null)]
    [InlineData("CN=inner, OU=x, CN=outer", "CN=inner,OU=x,CN=outer", "inner")]
    [InlineData("OID.2.5.4.97=VAT, CN=a", "2.5.4.97=#1303564154,CN=a", "a")]
    [InlineData("", "", null)]
    public void The_subject_is_written_as_RFC_4514_says(string subject, string distinguishedName, string? commonName)
    {
        var names = Read(new X500DistinguishedName(subject));

        Assert.Equal((distinguishedName, commonName), (names.DistinguishedName, names.CommonName));
        Assert.Empty(names.AlternativeNames);
    }

    [Fact]
    public void Several_attributes_in_one_part_are_joined()
    {
        // SET OF two: CN=a and UID=b
        var encoded = Convert.FromHexString("3021311F" + "300806035504030C0161" + "3013060A0992268993F22C640101" + "0C056262626262");

        var names = Read(new X500DistinguishedName(encoded));

        Assert.Equal("CN=a+UID=bbbbb", names.DistinguishedName);
    }

    [Fact]
    public void Alternative_names_of_four_kinds_are_told()
    {
        var alternative = new SubjectAlternativeNameBuilder();
        alternative.AddDnsName("press-7.example");
        alternative.AddIpAddress(IPAddress.Parse("192.0.2.7"));
        alternative.AddIpAddress(IPAddress.Parse("2001:db8::7"));
        alternative.AddEmailAddress("press@example.com");
        alternative.AddUri(new Uri("urn:edge:press-7"));
        alternative.AddUserPrincipalName("left@out");

        var names = Read(new X500DistinguishedName("CN=a"), alternative.Build());

        Assert.Equal(["press-7.example", "192.0.2.7", "2001:db8::7", "press@example.com", "urn:edge:press-7"], names.AlternativeNames);
    }

    [Theory]
    [InlineData("30")]
    [InlineData("3003820161FF")]
    [InlineData("30058703010203")]
    [InlineData("0400")]
    public void Names_that_are_not_encoded_as_they_must_be_are_refused(string alternativeNames)
    {
        using var certificate = Certificate(new X500DistinguishedName("CN=a"), new X509Extension("2.5.29.17", Convert.FromHexString(alternativeNames), critical: false));

        Assert.False(CertificateNames.TryRead(certificate, out var names));
        Assert.Null(names);
    }

    private ClientCertificate Read(X500DistinguishedName subject, params X509Extension[] extensions)
    {
        using var certificate = Certificate(subject, extensions);
        Assert.True(CertificateNames.TryRead(certificate, out var names));
        return names!;
    }

    private X509Certificate2 Certificate(X500DistinguishedName subject, params X509Extension[] extensions)
    {
        var request = new CertificateRequest(subject, _key, HashAlgorithmName.SHA256);
        Array.ForEach(extensions, request.CertificateExtensions.Add);
        var from = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
        return request.CreateSelfSigned(from, from.AddYears(1));
    }
}
