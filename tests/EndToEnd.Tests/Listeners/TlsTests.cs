using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Edge.EndToEnd.Tests.Harness;
using MQTTnet.Formatter;

namespace Edge.EndToEnd.Tests.Listeners;

/// <summary>The listeners of TLS, met by foreign clients.</summary>
public sealed class TlsTests : EndToEndTest
{
    private readonly CertificateAuthority _authority;
    private readonly (string Certificate, string Key) _own;

    public TlsTests()
    {
        _authority = new CertificateAuthority(Folder, "root");
        _own = _authority.Issue("localhost");
    }

    [Theory, InlineData(MqttProtocolVersion.V311), InlineData(MqttProtocolVersion.V500)]
    public async Task MQTTnet_gets_back_over_TLS_what_it_sent(MqttProtocolVersion version)
    {
        var gateway = await StartAsync();
        await using var client = await ConnectAsync(gateway, "both", version);
        await client.SubscribeAsync("plant/#", 2);

        await client.PublishAsync("plant/1", new string('x', 200_000), 2);

        Assert.Equal(200_000, (await client.ReceiveAsync("plant/1")).Payload.Length);
    }

    [Theory, InlineData("tlsv1.2"), InlineData("tlsv1.3")]
    public async Task Mosquittos_clients_meet_over_TLS_with_and_without_a_certificate(string version)
    {
        var gateway = await StartAsync(clientCa: _authority);
        var (certificate, key) = _authority.Issue("press-7");
        var subscriber = Own(ChildProcess.Start(
            "stdbuf", ["-oL", "mosquitto_sub", "-d", .. Server(gateway), "--tls-version", version, "-t", "a", "-q", "1", "-C", "2", "-F", "%p"]));
        await subscriber.Output.FirstAsync(line => line.StartsWith("Subscribed", StringComparison.Ordinal), "SUBACK");

        var unnamed = await PublishAsync(gateway, "unnamed", "--tls-version", version);
        var named = await PublishAsync(gateway, "named", "--tls-version", version, "--cert", certificate, "--key", key);

        Assert.Equal((0, 0, 0), (unnamed, named, await subscriber.ExitAsync()));
        Assert.Equal(["unnamed", "named"], subscriber.Output.ToArray().Where(line => line is "named" or "unnamed"));
    }

    [Fact]
    public async Task A_client_without_a_certificate_is_turned_away_where_one_is_required()
    {
        var gateway = await StartAsync(clientCa: _authority, settings: "listeners.mqtts.require_client_certificate = true");
        var (certificate, key) = _authority.Issue("press-7");

        Assert.NotEqual(0, await PublishAsync(gateway, "unnamed"));
        await gateway.Run.Errors.FirstAsync(line => line.Contains("it showed none", StringComparison.Ordinal), "The reason in the log");
        Assert.Equal(0, await PublishAsync(gateway, "named", "--cert", certificate, "--key", key));
    }

    [Fact]
    public async Task A_certificate_is_name_and_password_when_the_configuration_says_so()
    {
        var rules = Path.Combine(Folder, "acl.toml");
        await File.WriteAllTextAsync(rules, "[[rule]]\nallow = \"all\"\ntopics = \"devices/${username}/#\"\n", TestContext.Current.CancellationToken);
        var gateway = await StartAsync(
            _authority, "auth.allow_anonymous = false", "auth.certificate_identity = \"common-name\"", $"auth.acl_file = \"{rules}\"", "auth.no_match = \"deny\"");
        var (certificate, key) = _authority.Issue("press-7");
        string[] press = ["--cert", certificate, "--key", key, "-V", "mqttv5", "-u", "press-8"];

        var stranger = await PublishAsync(gateway, "x", "-V", "mqttv5");
        var own = await SubscribeAsync("devices/press-7/state");
        var others = await SubscribeAsync("devices/press-8/state");

        Assert.Equal((0x87, 0), (stranger, own.ExitCode));
        Assert.Contains("All subscription requests were denied.", others.Errors, StringComparison.Ordinal);

        Task<(int ExitCode, string Output, string Errors)> SubscribeAsync(string filter) =>
            ChildProcess.RunAsync("mosquitto_sub", [.. Server(gateway), .. press, "-t", filter, "-E"]);
    }

    [Theory]
    [InlineData(true, "NotTimeValid")]
    [InlineData(false, "UntrustedRoot|PartialChain")]
    public async Task A_certificate_that_ran_out_or_that_nobody_here_signed_is_turned_away(bool isOurs, string reason)
    {
        var gateway = await StartAsync(clientCa: _authority);
        var (certificate, key) = (isOurs ? _authority : new CertificateAuthority(Folder, "stranger")).Issue("press-7", hasRunOut: isOurs);

        Assert.NotEqual(0, await PublishAsync(gateway, "x", "--cert", certificate, "--key", key));

        var told = await gateway.Run.Errors.FirstAsync(line => line.Contains("event=1105", StringComparison.Ordinal), "The reason in the log");
        Assert.Matches($"CN=press-7 .*({reason})", told);
    }

    [Fact]
    public async Task Intermediate_certificates_are_sent_along_and_taken_from_clients()
    {
        var intermediate = _authority.CreateIntermediate("hall-2");
        var gateway = CreateGateway(Configuration(intermediate.Issue("127.0.0.1"), _authority, "listeners.mqtts.require_client_certificate = true"));
        await gateway.StartAsync();
        var (certificate, key) = intermediate.Issue("press-7");

        Assert.Equal(0, await PublishAsync(gateway, "x", "-h", "127.0.0.1", "--cert", certificate, "--key", key));
    }

    [Theory, InlineData("-tls1"), InlineData("-tls1_1")]
    public async Task Older_versions_of_TLS_are_refused(string version)
    {
        var gateway = await StartAsync();

        var (exitCode, output, errors) = await ChildProcess.RunAsync(
            "openssl", "s_client", "-connect", $"127.0.0.1:{gateway.MqttTlsPort}", version, "-cipher", "ALL:@SECLEVEL=0");

        Assert.NotEqual(0, exitCode);
        Assert.Contains("alert protocol version", output + errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Octets_that_are_no_TLS_close_their_connection_and_nothing_else()
    {
        var gateway = await StartAsync();
        var witness = Own(await ConnectAsync(gateway, "witness"));
        await witness.SubscribeAsync("after");
        foreach (var octets in (byte[][])[Convert.FromHexString("100D00044D515454040200000001" + "6E"), RandomNumberGenerator.GetBytes(64 * 1024), []])
        {
            await using var plain = await WireConversation.ConnectAsync(gateway.MqttTlsPort);
            await plain.TrySendAsync(octets);
            await plain.ReadToEndAsync(); // The last one says nothing, until the connect timeout.
        }

        await witness.PublishAsync("after", "well");
        Assert.Equal("well", (await witness.ReceiveAsync("after")).Text);
    }

    [Fact]
    public async Task A_renewed_certificate_is_shown_to_new_connections_and_a_broken_one_to_none()
    {
        var gateway = await StartAsync();
        var old = Own(await ConnectAsync(gateway, "old"));
        await old.SubscribeAsync("after");

        await File.WriteAllTextAsync(_own.Certificate, "no certificate", TestContext.Current.CancellationToken);
        await gateway.Run.Errors.FirstAsync(line => line.Contains("The former certificates stay in use", StringComparison.Ordinal), "The broken file in the log");
        Assert.Equal("localhost", await NameShownAsync(gateway));

        var (certificate, key) = _authority.Issue("renewed");
        File.Move(key, _own.Key, overwrite: true);
        File.Move(certificate, _own.Certificate, overwrite: true);
        await gateway.Run.Errors.FirstAsync(line => line.Contains("CN=renewed", StringComparison.Ordinal), "The new certificate in the log");
        Assert.Equal("renewed", await NameShownAsync(gateway));

        await old.PublishAsync("after", "well");
        Assert.Equal("well", (await old.ReceiveAsync("after")).Text);
    }

    [Theory, InlineData("mqtts"), InlineData("wss")]
    public async Task Clients_are_shown_the_certificate_of_the_name_they_ask_for(string listener)
    {
        string[] named = [NamedTable("a.example.org"), NamedTable("b.example.org", "B.example.org", "xn--bcher-kva.example"), NamedTable("*.example.org")];
        var gateway = await StartAsync(
            clientCa: null,
            $"listeners.wss.certificate = '{_own.Certificate}'",
            $"listeners.wss.key = '{_own.Key}'",
            $"listeners.{listener}.certificates = [ {string.Join(", ", named)} ]");
        var port = listener == "mqtts" ? gateway.MqttTlsPort : gateway.SecureWebSocketPort;

        Assert.Equal("a.example.org", await NameShownAsync("-servername", "a.example.org"));
        Assert.Equal("b.example.org", await NameShownAsync("-servername", "B.example.ORG"));
        Assert.Equal("b.example.org", await NameShownAsync("-servername", "xn--bcher-kva.example"));
        Assert.Equal("*.example.org", await NameShownAsync("-servername", "c.example.org"));
        Assert.Equal("localhost", await NameShownAsync("-servername", "c.d.example.org"));
        Assert.Equal("localhost", await NameShownAsync("-servername", "example.org"));
        Assert.Equal("localhost", await NameShownAsync("-noservername"));
        Assert.Single(gateway.Run.Errors.ToArray(), line =>
            line.Contains("certificates.1 is for xn--bcher-kva.example, which is not among the names in its certificate CN=b.example.org", StringComparison.Ordinal));

        async Task<string> NameShownAsync(params string[] arguments)
        {
            var (_, output, _) = await ChildProcess.RunAsync("openssl", ["s_client", "-connect", $"127.0.0.1:{port}", "-tls1_2", .. arguments]);
            return output.Split('\n').Single(line => line.StartsWith("subject=", StringComparison.Ordinal)).Split('=')[^1].Trim();
        }
    }

    [Fact]
    public async Task The_certificate_of_a_name_is_renewed_although_another_is_broken_and_asks_for_the_same_of_clients()
    {
        var gateway = await StartAsync(_authority, $"listeners.mqtts.certificates = [ {NamedTable("a.example.org")}, {NamedTable("b.example.org")} ]",
            "listeners.mqtts.require_client_certificate = true");
        var press = _authority.Issue("press-7");
        var old = Own(await ConnectAsync("b.example.org", "old"));
        await old.SubscribeAsync("after");

        await File.WriteAllTextAsync(Path.Combine(Folder, "a.example.org.pem"), "no certificate", TestContext.Current.CancellationToken);
        await gateway.Run.Errors.FirstAsync(line => line.Contains("stay in use: listeners.mqtts.certificates.0.certificate is", StringComparison.Ordinal), "The broken file");
        var renewed = _authority.Issue("renewed");
        File.Move(renewed.Key, Path.Combine(Folder, "b.example.org.key"), overwrite: true);
        File.Move(renewed.Certificate, Path.Combine(Folder, "b.example.org.pem"), overwrite: true);
        await gateway.Run.Errors.FirstAsync(line => line.Contains("certificates.1 shows the certificate CN=renewed", StringComparison.Ordinal), "The renewed one");

        Assert.Equal("CN=a.example.org", await NameShownAsync("a.example.org"));
        Assert.Equal("CN=renewed", await NameShownAsync("b.example.org"));
        Assert.Equal("CN=localhost", await NameShownAsync("c.example.org"));
        await old.PublishAsync("after", "well");
        Assert.Equal("well", (await old.ReceiveAsync("after")).Text);

        await ChildProcess.RunAsync("openssl", "s_client", "-connect", $"127.0.0.1:{gateway.MqttTlsPort}", "-servername", "a.example.org");
        await gateway.Run.Errors.FirstAsync(line => line.Contains("it showed none", StringComparison.Ordinal), "Why a client without a certificate is turned away");

        async Task<string> NameShownAsync(string serverName)
        {
            var shown = "";
            await using var client = await ConnectAsync(serverName, "reader", subject => shown = subject);
            return shown;
        }

        Task<MqttNetClient> ConnectAsync(string serverName, string clientId, Action<string>? shown = null) => MqttNetClient.ConnectAsync(
            options => options.WithTcpServer("127.0.0.1", gateway.MqttTlsPort).WithTlsOptions(tls => tls
                .UseTls()
                .WithTargetHost(serverName)
                .WithClientCertificates([X509Certificate2.CreateFromPemFile(press.Certificate, press.Key)])
                .WithCertificateValidationHandler(certificate =>
                {
                    shown?.Invoke(certificate.Certificate.Subject);
                    return true;
                })),
            clientId,
            MqttProtocolVersion.V500);
    }

    /// <summary>A further certificate of a listener, as TOML; for its own name unless told.</summary>
    private string NamedTable(string name, params string[] serverNames)
    {
        var (certificate, key) = _authority.Issue(name);
        return $$"""{ server_name = ["{{string.Join("\", \"", serverNames is [] ? [name] : serverNames)}}"], certificate = "{{certificate}}", key = "{{key}}" }""";
    }

    private static string[] Server(GatewayProcess gateway, string host = "localhost") =>
        ["-h", host, "-p", $"{gateway.MqttTlsPort}", "--cafile", Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(gateway.File))!, "root.pem")];

    /// <summary>Publishes by mosquitto_pub, which is told nothing but the root, and gives its exit code.</summary>
    private static async Task<int> PublishAsync(GatewayProcess gateway, string payload, params string[] arguments)
    {
        var (exitCode, _, errors) = await ChildProcess.RunAsync("mosquitto_pub", [.. Server(gateway), "-t", "a", "-q", "1", "-m", payload, .. arguments]);
        Say($"mosquitto_pub ended with {exitCode} {errors}");
        return exitCode;
    }

    private static async Task<string> NameShownAsync(GatewayProcess gateway)
    {
        var name = "";
        var client = await MqttNetClient.ConnectAsync(
            options => options.WithTcpServer("127.0.0.1", gateway.MqttTlsPort).WithTlsOptions(tls => tls.UseTls().WithCertificateValidationHandler(shown =>
            {
                name = shown.Certificate.Subject["CN=".Length..];
                return true;
            })),
            "reader",
            MqttProtocolVersion.V500);
        await client.DisposeAsync();
        return name;
    }

    private static Task<MqttNetClient> ConnectAsync(GatewayProcess gateway, string clientId, MqttProtocolVersion version = MqttProtocolVersion.V500) =>
        MqttNetClient.ConnectAsync(
            options => options.WithTcpServer("127.0.0.1", gateway.MqttTlsPort).WithTlsOptions(tls => tls.UseTls().WithCertificateValidationHandler(_ => true)),
            clientId,
            version);

    private async Task<GatewayProcess> StartAsync(CertificateAuthority? clientCa = null, params string[] settings)
    {
        var gateway = CreateGateway(Configuration(_own, clientCa, settings));
        await gateway.StartAsync();
        return gateway;
    }

    private static GatewayConfiguration Configuration((string Certificate, string Key) own, CertificateAuthority? clientCa, params string[] settings) => new()
    {
        Settings =
        [
            """log.level = "debug" """,
            """mqtt.connect_timeout = "2s" """,
            $"""listeners.mqtts.certificate = "{own.Certificate}" """,
            $"""listeners.mqtts.key = "{own.Key}" """,
            clientCa is null ? "" : $"""listeners.mqtts.client_ca = "{clientCa.CertificateFile}" """,
            .. settings,
        ],
    };
}
