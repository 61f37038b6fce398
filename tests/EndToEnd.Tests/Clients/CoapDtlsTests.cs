using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Clients;

/// <summary>libcoap's client over DTLS, by OpenSSL.</summary>
public sealed class CoapDtlsTests : EndToEndTest
{
    private const string Key = "0123456789abcdef";

    private static readonly string[] Known = ["-u", "press-7", "-k", Key];

    [Fact]
    public async Task A_device_publishes_reads_and_clears_by_its_key()
    {
        var gateway = await StartWithKeysAsync();
        var port = gateway.CoapDtlsPort;

        Assert.Equal(("", ""), await CoapClient.SendSecurelyAsync(port, "post", "ps/plant/1?c=press-7&retain=true", [.. Known, "-e", "21.5"]));
        Assert.Equal(("21.5", ""), await CoapClient.SendSecurelyAsync(port, "get", "ps/plant/1?c=press-7", Known));
        Assert.Equal(("", ""), await CoapClient.SendSecurelyAsync(port, "delete", "ps/plant/1?c=press-7", Known));
        Assert.Equal(("", "4.04 nothing is retained"), await CoapClient.SendSecurelyAsync(port, "get", "ps/plant/1?c=press-7", Known));
    }

    [Fact]
    public async Task A_device_sends_and_gets_ten_thousand_octets_in_blocks()
    {
        var gateway = await StartWithKeysAsync();
        var (sent, received) = (Path.Combine(Folder, "sent"), Path.Combine(Folder, "received"));
        var body = string.Concat(Enumerable.Range(0, 1_000).Select(number => $"line {number:D4}\n"));
        await File.WriteAllTextAsync(sent, body, TestContext.Current.CancellationToken);

        Assert.Equal(("", ""), await CoapClient.SendSecurelyAsync(gateway.CoapDtlsPort, "put", "ps/big?c=press-7&retain=true", [.. Known, "-f", sent]));
        Assert.Equal("", (await CoapClient.SendSecurelyAsync(gateway.CoapDtlsPort, "get", "ps/big?c=press-7", [.. Known, "-o", received])).Error);
        Assert.Equal(body, await File.ReadAllTextAsync(received, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_device_observes_by_its_key()
    {
        var gateway = await StartWithKeysAsync();
        string[] other = ["-u", "press-8", "-k", Key];
        await CoapClient.SendSecurelyAsync(gateway.CoapDtlsPort, "post", "ps/plant/1?c=press-8&retain=true", [.. other, "-e", "20"]);
        await using var observer = CoapClient.ObserveSecurely(gateway.CoapDtlsPort, "ps/plant/1?c=press-7", Known);
        await observer.Output.FirstAsync(line => line == "20", "What is retained");

        Assert.Equal(("", ""), await CoapClient.SendSecurelyAsync(gateway.CoapDtlsPort, "post", "ps/plant/1?c=press-8", [.. other, "-e", "21.5"]));

        await observer.Output.FirstAsync(line => line == "21.5", "A notification");
    }

    [Fact]
    public async Task A_device_is_held_to_its_own_ClientId_and_needs_no_password()
    {
        var gateway = await StartWithKeysAsync();

        Assert.Equal(("", "4.01 not permitted"), await CoapClient.SendSecurelyAsync(gateway.CoapDtlsPort, "post", "ps/a?c=press-8", [.. Known, "-e", "1"]));
    }

    [Fact]
    public async Task A_wrong_key_is_counted()
    {
        var gateway = await StartWithKeysAsync();
        await CoapClient.SendSecurelyAsync(gateway.CoapDtlsPort, "get", "ps/a?c=press-7", "-u", "press-7", "-k", "another", "-B", "3");

        await gateway.Run.Errors.FirstAsync(line => line.Contains("event=1115", StringComparison.Ordinal), "the failure in the log");
    }

    [Fact]
    public async Task A_device_is_who_its_certificate_says()
    {
        var authority = new CertificateAuthority(Folder, "ca");
        var (server, device) = (authority.Issue("server"), authority.Issue("press-7"));
        var gateway = await StartGatewayAsync(new GatewayConfiguration
        {
            Settings =
            [
                $"listeners.coaps.certificate = \"{server.Certificate}\"",
                $"listeners.coaps.key = \"{server.Key}\"",
                $"listeners.coaps.client_ca = \"{authority.CertificateFile}\"",
                "listeners.coaps.client_id = \"user\"",
                "auth.allow_anonymous = false",
                "auth.certificate_identity = \"common-name\"",
            ],
        });
        string[] own = ["-c", device.Certificate, "-j", device.Key, "-C", authority.CertificateFile];

        Assert.Equal(("", ""), await CoapClient.SendSecurelyAsync(gateway.CoapDtlsPort, "put", "ps/a?c=press-7&retain=true", [.. own, "-e", "21.5"]));
        Assert.Equal(("21.5", ""), await CoapClient.SendSecurelyAsync(gateway.CoapDtlsPort, "get", "ps/a?c=press-7", own));
        Assert.Equal(("", "4.01 not permitted"), await CoapClient.SendSecurelyAsync(gateway.CoapDtlsPort, "get", "ps/a?c=press-8", own));
    }

    private Task<GatewayProcess> StartWithKeysAsync()
    {
        var keys = Path.Combine(Folder, "devices.psk");
        var key = Convert.ToHexStringLower(System.Text.Encoding.ASCII.GetBytes(Key));
        File.WriteAllText(keys, $"press-7:{key}\npress-8:{key}\n");
        return StartGatewayAsync(new GatewayConfiguration
        {
            Settings =
            [
                $"listeners.coaps.psk_file = \"{keys}\"", "listeners.coaps.client_id = \"user\"", "auth.allow_anonymous = false", "log.level = \"debug\"",
            ],
        });
    }
}
