using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Clients;

/// <summary>MQTT-SN nodes over DTLS, by OpenSSL.</summary>
public sealed class DtlsTests : EndToEndTest
{
    private const string Key7 = "00112233445566778899aabbccddeeff";
    private const string Key8 = "ffeeddccbbaa99887766554433221100";

    private const string Rules = """
        [[rule]]
        allow = "publish"
        user = "press-7"
        topics = "ab"

        [[rule]]
        allow = "subscribe"
        topics = ["#", "$SYS/#"]
        """;

    [Fact]
    public async Task A_node_is_the_user_of_its_key_with_and_without_a_connection()
    {
        var gateway = await StartAsync($"press-7:{Key7}\npress-8:{Key8}", "auth.no_match = \"deny\"", $"auth.acl_file = \"{Put("acl.toml", Rules)}\"");
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("#");
        await using var seven = DtlsNode.WithKey(gateway.MqttSnDtlsPort, "press-7", Key7);
        await using var eight = DtlsNode.WithKey(gateway.MqttSnDtlsPort, "press-8", Key8);

        await seven.PublishUnconnectedAsync("ab", "unconnected");
        Assert.Equal("unconnected", (await subscriber.ReceiveAsync("ab")).Text);
        Assert.Equal((0, 0), (await seven.ConnectAsync("a"), await eight.ConnectAsync("b")));

        Assert.Equal((0, 3, 3), (await seven.PublishAsync("ab", "permitted"), await seven.PublishAsync("xy", "not"), await eight.PublishAsync("ab", "not")));
        Assert.Equal(["unconnected", "permitted"], (await subscriber.Received.CountAsync(2, "messages")).Select(message => message.Text));
    }

    [Fact]
    public async Task A_node_comes_in_where_anonymous_clients_do_not_and_by_the_ClientId_that_is_its_own()
    {
        var gateway = await StartAsync($"press-7:{Key7}", "auth.allow_anonymous = false", "listeners.mqttsn_dtls.client_id = \"user\"");
        await using var node = DtlsNode.WithKey(gateway.MqttSnDtlsPort, "press-7", Key7);

        Assert.Equal(3, await node.ConnectAsync("press-8"));
        Assert.Equal(0, await node.ConnectAsync("press-7"));

        await gateway.Run.Errors.FirstAsync(line => line.Contains("event=4005", StringComparison.Ordinal) && line.Contains("press-7", StringComparison.Ordinal), "the refusal in the log");
    }

    [Fact]
    public async Task A_wrong_key_is_told_to_the_node_and_counted_and_a_key_that_is_added_is_good_without_a_restart()
    {
        var gateway = await StartAsync($"press-7:{Key7}", "gateway.sys_interval = \"100ms\"", "log.level = \"debug\"");
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("$SYS/broker/dtls/failed");
        await using (var stranger = DtlsNode.WithKey(gateway.MqttSnDtlsPort, "press-8", Key8))
        {
            Assert.Contains("decrypt error", await stranger.FailureAsync(), StringComparison.Ordinal);
        }

        await subscriber.Received.FirstAsync(message => message.Text == "1", "One handshake that failed, counted");
        await gateway.Run.Errors.FirstAsync(
            line => line.Contains("event=1115", StringComparison.Ordinal) && line.Contains("press-8", StringComparison.Ordinal), "the failure in the log");

        Put("devices.psk", $"press-7:{Key7}\npress-8:{Key8}");
        await gateway.Run.Errors.FirstAsync(line => line.Contains("knows 2 pre-shared keys", StringComparison.Ordinal), "the new keys");

        await using var node = DtlsNode.WithKey(gateway.MqttSnDtlsPort, "press-8", Key8);
        Assert.Equal(0, await node.ConnectAsync("n"));
    }

    [Fact]
    public async Task A_node_is_who_its_certificate_says()
    {
        var authority = new CertificateAuthority(Folder, "ca");
        var (server, client) = (authority.Issue("server"), authority.Issue("press-7"));
        var gateway = await StartGatewayAsync(new GatewayConfiguration
        {
            Settings =
            [
                $"listeners.mqttsn_dtls.certificate = \"{server.Certificate}\"",
                $"listeners.mqttsn_dtls.key = \"{server.Key}\"",
                $"listeners.mqttsn_dtls.client_ca = \"{authority.CertificateFile}\"",
                "listeners.mqttsn_dtls.client_id = \"user\"",
                "auth.allow_anonymous = false",
                "auth.certificate_identity = \"common-name\"",
            ],
        });
        await using var node = new DtlsNode(
            gateway.MqttSnDtlsPort, "-CAfile", authority.CertificateFile, "-verify_return_error", "-cert", client.Certificate, "-key", client.Key);

        Assert.Equal((3, 0), (await node.ConnectAsync("press-8"), await node.ConnectAsync("press-7")));
    }

    private Task<GatewayProcess> StartAsync(string keys, params string[] settings) => StartGatewayAsync(
        new GatewayConfiguration { Settings = [$"listeners.mqttsn_dtls.psk_file = \"{Put("devices.psk", keys)}\"", .. settings] });

    private string Put(string name, string content)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, content);
        return path;
    }
}
