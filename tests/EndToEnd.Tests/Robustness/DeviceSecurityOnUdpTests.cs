using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Robustness;

/// <summary>A device that speaks over UDP is who it says it is: it has a key or a certificate of its own, and nobody else has its session.</summary>
public sealed class DeviceSecurityOnUdpTests : EndToEndTest
{
    private const string Key7 = "00112233445566778899aabbccddeeff";
    private const string Key8 = "ffeeddccbbaa99887766554433221100";
    private const int Accepted = 0, NotSupported = 3;

    private const string Rules = """
        [[rule]]
        allow = "publish"
        user = "press-7"
        topics = "ab"

        [[rule]]
        allow = "subscribe"
        topics = "#"
        """;

    [Fact]
    public async Task Nobody_connects_as_a_device_but_who_has_its_key()
    {
        var gateway = await StartAsync($"press-7:{Key7}\npress-8:{Key8}");
        await using var seven = DtlsNode.WithKey(gateway.MqttSnDtlsPort, "press-7", Key7);
        await using var eight = DtlsNode.WithKey(gateway.MqttSnDtlsPort, "press-8", Key8);
        await using var stranger = DtlsNode.WithKey(gateway.MqttSnDtlsPort, "press-7", Key8);
        using var plain = new RawNode(gateway.MqttSnPort);

        Assert.Equal(Accepted, await seven.ConnectAsync("press-7"));
        Assert.Equal(NotSupported, await eight.ConnectAsync("press-7"));
        Assert.Contains("decrypt error", await stranger.FailureAsync(), StringComparison.Ordinal);
        await plain.SayAsync("0D 04 00 01 003C 'press-7'", "09 16 'press-7'", "09 0C 62 'ab' 0000 'no'");
        Assert.Equal(["030503", "0218"], await plain.HearAllAsync());

        // It still has its session, and alone may publish what is its own.
        Assert.Equal(Accepted, await eight.ConnectAsync("press-8"));
        Assert.Equal((Accepted, NotSupported), (await seven.PublishAsync("ab", "mine"), await eight.PublishAsync("ab", "not mine")));
    }

    [Theory]
    [InlineData("press-8:" + Key8), InlineData("press-7:" + Key8)]
    public async Task A_device_whose_key_is_taken_away_or_changed_is_out_without_a_restart(string keys)
    {
        var gateway = await StartAsync($"press-7:{Key7}", "gateway.sys_interval = \"100ms\"", "auth.users_file = \"" + await UsersAsync() + "\"");
        await using var seven = DtlsNode.WithKey(gateway.MqttSnDtlsPort, "press-7", Key7);
        Assert.Equal(Accepted, await seven.ConnectAsync("press-7"));
        await using var watcher = await MqttNetClient.ConnectAsync(gateway.MqttPort, "watcher", configure: options => options.WithCredentials("watcher", "right"));
        await watcher.SubscribeAsync("ab");
        await watcher.SubscribeAsync("$SYS/broker/dtls/revoked");

        Put("devices.psk", keys);
        await watcher.Received.FirstAsync(message => message.Text == "1", "the association that ended, counted");
        await using var again = DtlsNode.WithKey(gateway.MqttSnDtlsPort, "press-7", Key7);

        Assert.Contains("decrypt error", await again.FailureAsync(), StringComparison.Ordinal);
        await seven.EndAsync();
        Assert.DoesNotContain(watcher.Received.ToArray(), message => message.Topic == "ab");
    }

    [Fact]
    public async Task A_device_shows_a_certificate_that_is_ours_and_is_who_it_names()
    {
        var (ours, others) = (new CertificateAuthority(Folder, "ca"), new CertificateAuthority(Folder, "others"));
        var (server, client, forged) = (ours.Issue("server"), ours.Issue("press-7"), others.Issue("press-8"));
        var gateway = await StartGatewayAsync(new GatewayConfiguration
        {
            Settings =
            [
                $"listeners.mqttsn_dtls.certificate = \"{server.Certificate}\"",
                $"listeners.mqttsn_dtls.key = \"{server.Key}\"",
                $"listeners.mqttsn_dtls.client_ca = \"{ours.CertificateFile}\"",
                "listeners.mqttsn_dtls.client_id = \"user\"",
                "auth.allow_anonymous = false",
                "auth.certificate_identity = \"common-name\"",
            ],
        });
        await using var device = new DtlsNode(gateway.MqttSnDtlsPort, "-CAfile", ours.CertificateFile, "-verify_return_error", "-cert", client.Certificate, "-key", client.Key);
        await using var stranger = new DtlsNode(gateway.MqttSnDtlsPort, "-CAfile", ours.CertificateFile, "-cert", forged.Certificate, "-key", forged.Key);
        await using var nobody = new DtlsNode(gateway.MqttSnDtlsPort, "-CAfile", ours.CertificateFile);

        Assert.Equal((NotSupported, Accepted), (await device.ConnectAsync("press-8"), await device.ConnectAsync("press-7")));
        Assert.Contains("alert", await stranger.FailureAsync(), StringComparison.Ordinal);
        Assert.Contains("alert", await nobody.FailureAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_devices_are_served_at_once_each_with_its_key()
    {
        var keys = Enumerable.Range(0, 12).Select(number => $"press-{number}:{Convert.ToHexString([.. Enumerable.Repeat((byte)(number + 1), 16)])}").ToArray();
        var gateway = await StartAsync(string.Join('\n', keys));
        var devices = keys.Select(line => line.Split(':')).Select(parts => (Name: parts[0], Node: Own(DtlsNode.WithKey(gateway.MqttSnDtlsPort, parts[0], parts[1])))).ToArray();

        Assert.All(await Task.WhenAll(devices.Select(device => device.Node.ConnectAsync(device.Name))), code => Assert.Equal(Accepted, code));
        var published = await Task.WhenAll(devices.Select(async device => (device.Name, Code: await device.Node.PublishAsync("ab", "mine"))));
        Assert.All(published, one => Assert.Equal(one.Name == "press-7" ? Accepted : NotSupported, one.Code));
    }

    private Task<GatewayProcess> StartAsync(string keys, params string[] settings) => StartGatewayAsync(new GatewayConfiguration
    {
        Settings =
        [
            $"listeners.mqttsn_dtls.psk_file = \"{Put("devices.psk", keys)}\"",
            "listeners.mqttsn_dtls.client_id = \"user\"",
            "auth.allow_anonymous = false",
            "auth.no_match = \"deny\"",
            $"auth.acl_file = \"{Put("acl.toml", Rules + "\n[[rule]]\nallow = \"subscribe\"\ntopics = \"$SYS/#\"")}\"",
            .. settings,
        ],
    });

    private async Task<string> UsersAsync()
    {
        var users = Path.Combine(Folder, "users.toml");
        var (exitCode, _, errors) = await ChildProcess.RunAsync("sh", "-c", $"echo right | '{Repository.Gateway}' passwd '{users}' watcher");
        Assert.True(exitCode == 0, errors);
        return users;
    }

    private string Put(string name, string content)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, content);
        return path;
    }
}
