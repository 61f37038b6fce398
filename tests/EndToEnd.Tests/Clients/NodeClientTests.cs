using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Clients;

/// <summary>MQTT.js (Debian's node-mqtt), over everything it can speak.</summary>
public sealed class NodeClientTests : EndToEndTest
{
    [Theory]
    [InlineData("mqtt")]
    [InlineData("mqtts")]
    [InlineData("ws")]
    [InlineData("wss")]
    public async Task What_MQTT_js_publishes_comes_back(string scheme)
    {
        var authority = new CertificateAuthority(Folder, "root");
        var (own, device) = (authority.Issue("localhost"), authority.Issue("device"));
        var gateway = await StartGatewayAsync(new GatewayConfiguration
        {
            Settings = [.. ((string[])["mqtts", "wss"]).SelectMany(listener => (string[])
            [
                $"""listeners.{listener}.certificate = "{own.Certificate}" """,
                $"""listeners.{listener}.key = "{own.Key}" """,
                $"""listeners.{listener}.client_ca = "{authority.CertificateFile}" """,
                $"listeners.{listener}.require_client_certificate = true",
            ])],
        });
        var url = scheme switch
        {
            "mqtt" => $"mqtt://localhost:{gateway.MqttPort}",
            "mqtts" => $"mqtts://localhost:{gateway.MqttTlsPort}",
            "ws" => $"ws://localhost:{gateway.WebSocketPort}/mqtt",
            _ => $"wss://localhost:{gateway.SecureWebSocketPort}/mqtt",
        };
        string[] files = scheme is "mqtts" or "wss" ? [authority.CertificateFile, device.Certificate, device.Key] : [];
        foreach (var version in (string[])["3", "4", "5"])
        {
            // Debian's modules lie where Debian's own node looks, and not every other one.
            var (exitCode, output, errors) = await ChildProcess.RunAsync(
                "env", ["NODE_PATH=/usr/share/nodejs", "node", Path.Combine(AppContext.BaseDirectory, "Scripts", "exchange.js"), url, version, .. files]);

            Assert.True(exitCode == 0, $"Version {version} ended with {exitCode}: {errors}");
            Assert.Equal(["""["node/0",100000,0]""", """["node/1",100000,1]""", """["node/2",100000,2]"""], output.Split('\n').Order());
        }
    }

    [Fact]
    public async Task MQTT_js_and_the_gateway_spare_each_other_topics_and_a_Will_waits_for_its_delay()
    {
        var gateway = await StartGatewayAsync(new GatewayConfiguration());

        var (exitCode, output, errors) = await ChildProcess.RunAsync(
            "env", ["NODE_PATH=/usr/share/nodejs", "node", Path.Combine(AppContext.BaseDirectory, "Scripts", "aliases.js"), $"mqtt://localhost:{gateway.MqttPort}"]);

        Assert.True(exitCode == 0, errors);
        var lines = output.Split('\n');
        string[] Said(string what) => [.. lines.Where(line => line.StartsWith($"[\"{what}\"", StringComparison.Ordinal))];
        Assert.Equal(["""["sent","a/long/topic",1]""", """["sent","",1]""", """["sent","",1]"""], Said("sent"));
        Assert.Equal(["""["wire","a/long/topic",1]""", """["wire","",1]""", """["wire","",1]"""], Said("wire")[..3]);
        Assert.Equal(["""["session present",true]"""], Said("session present"));
        Assert.Equal(
            ["""["message","a/long/topic","1"]""", """["message","a/long/topic","2"]""", """["message","a/long/topic","3"]""", """["message","wills/lost","gone"]"""],
            Said("message"));
    }

    [Theory]
    [InlineData("SHA-256", "right", "right", 0, "connected", "authenticated anew", "got scram")]
    [InlineData("SHA-512", "right", "right", 0, "connected", "authenticated anew", "got scram")]
    [InlineData("SHA-256", "wrong", "right", 0x87)]
    [InlineData("SHA-512", "right", "wrong", 0x87, "connected")]
    [InlineData("SHA-1", "right", "right", 0x8C)]
    public async Task MQTT_js_proves_by_SCRAM_who_it_is_and_does_so_again_while_connected(
        string hash, string first, string second, int refusal, params string[] told)
    {
        var users = Path.Combine(Folder, "users.toml");
        var (made, _, fault) = await ChildProcess.RunAsync("sh", "-c", $"echo right | '{Repository.Gateway}' passwd '{users}' alice --iterations 4096");
        Assert.True(made == 0, fault);
        var gateway = await StartGatewayAsync(new GatewayConfiguration { Settings = ["auth.allow_anonymous = false", $"auth.users_file = \"{users}\""] });

        var (exitCode, output, errors) = await ChildProcess.RunAsync(
            "env", "NODE_PATH=/usr/share/nodejs", "node", Path.Combine(AppContext.BaseDirectory, "Scripts", "scram.js"), $"mqtt://localhost:{gateway.MqttPort}", hash, "alice", first, second);

        Assert.Equal(told, output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(refusal == 0 ? "" : $"refused with {refusal}", errors.TrimEnd());
        Assert.Equal(refusal == 0 ? 0 : 1, exitCode);
    }
}
