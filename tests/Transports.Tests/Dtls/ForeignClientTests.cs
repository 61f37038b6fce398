using System.Diagnostics;
using Edge.Transports.Dtls;

namespace Edge.Transports.Tests.Dtls;

/// <summary>Clients by other hands.</summary>
public sealed class ForeignClientTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edge-dtls-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("PSK-AES128-CCM8"), InlineData("PSK-AES128-CCM"), InlineData("PSK-AES128-GCM-SHA256"), InlineData("PSK-AES128-CBC-SHA256")]
    [InlineData("ECDHE-PSK-AES128-CBC-SHA256"), InlineData("ALL")]
    public async Task OpenSSL_comes_in_with_its_key_and_is_answered(string ciphers)
    {
        using var server = new EchoServer();
        using var client = OpenSsl(server, $"-psk_identity dev4 -psk {Convert.ToHexString(EchoServer.KeyOf(4))} -cipher {ciphers}:@SECLEVEL=0");

        await client.StandardInput.WriteLineAsync("hello");

        await ReadUntilAsync(client, "hello");
        Assert.Equal(("hello\n", "dev4"), (server.Received[0].Text, server.Received[0].Identity!.PskIdentity));
        client.StandardInput.Close(); // It says good-bye.
        await server.WhenAsync(() => server.Link.AssociationCounters.Associations == 0);
    }

    [Fact]
    public async Task OpenSSL_with_a_wrong_key_is_told()
    {
        using var server = new EchoServer();
        using var client = OpenSsl(server, "-psk_identity dev4 -psk 99 -cipher PSK-AES128-CCM8:@SECLEVEL=0");

        await client.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(EchoServer.Limit, TestContext.Current.CancellationToken);

        Assert.Contains("decrypt error", await client.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await server.WhenAsync(() => server.Link.AssociationCounters.Failed == 1);
    }

    [Theory]
    [InlineData(true, "ECDHE-ECDSA-AES128-CCM8"), InlineData(true, "ECDHE-ECDSA-AES128-GCM-SHA256"), InlineData(false, "ECDHE-RSA-AES128-GCM-SHA256")]
    public async Task OpenSSL_comes_in_with_its_certificate_and_verifies_ours(bool isElliptic, string cipher)
    {
        using var authority = new TestAuthority();
        var (certificate, key) = authority.Issue("gateway", TestAuthority.Server, isElliptic);
        Assert.True(DtlsCertificate.TryLoad(certificate, key, out var own, out _));
        using var server = new EchoServer(new DtlsCredentials { Certificate = own, ClientCa = [authority.Root] });
        var (clientCertificate, clientKey) = authority.Issue("press-7", TestAuthority.Client, isElliptic);
        var files = $"-CAfile {Put("ca", authority.Root.ExportCertificatePem())} -cert {Put("cert", clientCertificate)} -key {Put("key", clientKey)}";
        using var client = OpenSsl(server, $"{files} -verify_return_error -cipher {cipher}:@SECLEVEL=0");

        await client.StandardInput.WriteLineAsync("hello");

        await ReadUntilAsync(client, "hello");
        Assert.Equal("CN=press-7", server.Received[0].Identity!.Certificate!.Subject);
    }

    [Theory, InlineData("openssl"), InlineData("gnutls")]
    public async Task Libcoap_comes_in_with_its_key(string library)
    {
        Assert.True(PskTable.TryParse("sensor:" + Convert.ToHexString("secret"u8), out var keys, out _));
        using var server = new EchoServer(new DtlsCredentials { Psk = keys });
        using var client = Start($"coap-client-{library}", $"-m get -N -B 1 -u sensor -k secret coaps://127.0.0.1:{server.Port}/temperature");

        await server.WhenAsync(() => server.Received.Length > 0);

        var datagram = server.Received[0];
        Assert.Equal("sensor", datagram.Identity!.PskIdentity);
        Assert.EndsWith("temperature", datagram.Text, StringComparison.Ordinal);
        client.Kill();
    }

    [Fact]
    public async Task GnuTLS_comes_in_with_its_key_and_is_answered()
    {
        using var server = new EchoServer();
        var key = Convert.ToHexString(EchoServer.KeyOf(5));
        using var client = Start(
            "gnutls-cli", $"--udp --insecure --pskusername dev5 --pskkey {key} --priority NORMAL:-KX-ALL:+PSK:-VERS-ALL:+VERS-DTLS1.2 -p {server.Port} 127.0.0.1");

        await client.StandardInput.WriteLineAsync("hello");

        await server.WhenAsync(() => server.Received.Length > 0);
        Assert.Equal(("hello\n", "dev5"), (server.Received[0].Text, server.Received[0].Identity!.PskIdentity));
        client.Kill();
    }

    private static Process OpenSsl(EchoServer server, string arguments) =>
        Start("openssl", $"s_client -dtls1_2 -quiet -no_ign_eof -connect 127.0.0.1:{server.Port} {arguments}");

    private static Process Start(string program, string arguments)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
        process!.StandardInput.AutoFlush = true;
        return process;
    }

    private static async Task ReadUntilAsync(Process process, string line)
    {
        string? read;
        do
        {
            read = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(EchoServer.Limit, TestContext.Current.CancellationToken);
        }
        while (read is not null && read != line);
        Assert.Equal(line, read);
    }

    private string Put(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return path;
    }
}
