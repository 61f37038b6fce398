using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Edge.Bridge.Tests.Support;
using static Edge.Bridge.Tests.Support.BridgeBench;
using static Edge.Bridge.Tests.Support.ScriptedConnection;

namespace Edge.Bridge.Tests;

/// <summary>Upstream over TLS: whom the bridge trusts, and how it shows who it is.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly ScriptedUpstream _upstream = new();
    private readonly TestAuthority _authority = new();

    private BridgeOptions Options => Defaults with { Address = new Uri($"mqtts://localhost:{_upstream.Port}"), CaFile = _authority.CaFile };

    public void Dispose()
    {
        _upstream.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public async Task Messages_pass_to_an_upstream_whose_certificate_comes_from_the_authority_and_bears_its_name()
    {
        using var certificate = _authority.Issue("localhost");
        await using var bench = await StartAsync(Options);
        using var link = await _upstream.AcceptAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate });
        await link.ReadAsync();
        await link.SendAsync(AcceptV5);

        _ = bench.Client.PublishAsync("s/1", "hi");

        await link.ExpectAsync("32 \"site/s/1\" 0001 00 'hi'");
        await link.SendAsync("40 0001");
        await link.SendAsync("62 FFFF");
        await link.ExpectAsync("70 FFFF 92");
        Assert.Equal(1, bench.Bridge.Status.Acknowledged);
    }

    [Fact]
    public async Task A_certificate_that_bears_another_name_is_refused()
    {
        using var certificate = _authority.Issue("other.example");
        await using var bench = await StartAsync(Options);

        await RefusesAsync(bench, certificate, "RemoteCertificateNameMismatch");
    }

    [Fact]
    public async Task A_certificate_from_another_authority_is_refused()
    {
        using var stranger = new TestAuthority();
        using var certificate = stranger.Issue("localhost");
        await using var bench = await StartAsync(Options);

        await RefusesAsync(bench, certificate, "errors in the certificate chain");
    }

    [Fact]
    public async Task A_certificate_from_an_authority_the_system_does_not_know_is_refused()
    {
        using var certificate = _authority.Issue("localhost");
        await using var bench = await StartAsync(Options with { CaFile = null });

        await RefusesAsync(bench, certificate, "errors in the certificate chain");
    }

    [Fact]
    public async Task The_bridge_shows_its_own_certificate()
    {
        using var certificate = _authority.Issue("localhost");
        var (certificateFile, keyFile) = _authority.IssueFiles("edge-1");
        X509Certificate? shown = null;
        await using var bench = await StartAsync(Options with { CertificateFile = certificateFile, KeyFile = keyFile });
        using var link = await _upstream.AcceptAsync(new SslServerAuthenticationOptions
        {
            ServerCertificate = certificate,
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = (_, client, _, _) => (shown = client) is not null,
        });

        await link.ReadAsync();

        Assert.Equal("CN=edge-1", shown!.Subject);
    }

    [Fact]
    public async Task Files_that_cannot_be_read_are_said_and_tried_again()
    {
        await using var bench = await StartAsync(Options with { CaFile = _authority.CaFile + ".gone" });

        Assert.Contains(".gone", (await bench.SaidAsync(6003)).Text, StringComparison.Ordinal);
        await bench.SaidAsync(6004);
    }

    private async Task RefusesAsync(BridgeBench bench, X509Certificate2 certificate, string reason)
    {
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            using var link = await _upstream.AcceptAsync(
                new SslServerAuthenticationOptions { ServerCertificate = certificate, EnabledSslProtocols = SslProtocols.Tls13 });
            await link.ReadAsync();
        });
        Assert.Contains(reason, (await bench.SaidAsync(6003)).Text, StringComparison.Ordinal);
    }
}
