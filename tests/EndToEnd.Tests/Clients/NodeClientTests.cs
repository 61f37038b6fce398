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
}
