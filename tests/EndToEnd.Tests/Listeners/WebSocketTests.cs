using System.Net;
using System.Net.WebSockets;
using System.Text;
using Edge.EndToEnd.Tests.Harness;
using MQTTnet.Formatter;

namespace Edge.EndToEnd.Tests.Listeners;

/// <summary>The listeners of WebSocket (MQTT 5.0 §6).</summary>
public sealed class WebSocketTests : EndToEndTest
{
    private const string Connect = "10 0D 0004 4D515454 04 02 0000 0001 6E";
    private const string ConnAck = "20 02 00 00";

    [Theory]
    [InlineData("ws", MqttProtocolVersion.V311)]
    [InlineData("ws", MqttProtocolVersion.V500)]
    [InlineData("wss", MqttProtocolVersion.V311)]
    [InlineData("wss", MqttProtocolVersion.V500)]
    public async Task MQTTnet_gets_back_what_it_sent(string scheme, MqttProtocolVersion version)
    {
        var (certificate, key) = new CertificateAuthority(Folder, "root").Issue("localhost");
        var gateway = await StartGatewayAsync(new GatewayConfiguration
        {
            Settings = [$"""listeners.wss.certificate = "{certificate}" """, $"""listeners.wss.key = "{key}" """],
        });
        await using var client = await MqttNetClient.ConnectAsync(
            options =>
            {
                options.WithWebSocketServer(server => server.WithUri($"{scheme}://localhost:{(scheme == "ws" ? gateway.WebSocketPort : gateway.SecureWebSocketPort)}/mqtt"));
                if (scheme == "wss")
                {
                    options.WithTlsOptions(tls => tls.UseTls().WithCertificateValidationHandler(_ => true));
                }
            },
            "both",
            version);
        await client.SubscribeAsync("plant/#", 2);

        await client.PublishAsync("plant/1", new string('x', 200_000), 2);

        Assert.Equal(200_000, (await client.ReceiveAsync("plant/1")).Payload.Length);
    }

    [Fact]
    public async Task Mqtt_is_the_sub_protocol_that_is_agreed_on()
    {
        var gateway = await StartGatewayAsync();
        using var socket = await OpenAsync(gateway, "/mqtt", "other", "mqtt");

        Assert.Equal("mqtt", socket.SubProtocol);
    }

    [Theory]
    [InlineData("/mqtt", HttpStatusCode.BadRequest)]
    [InlineData("/mqtt", HttpStatusCode.BadRequest, "other")]
    [InlineData("/", HttpStatusCode.NotFound, "mqtt")]
    public async Task Who_offers_no_mqtt_or_comes_by_another_path_is_refused(string path, HttpStatusCode status, params string[] subProtocols)
    {
        var gateway = await StartGatewayAsync();
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;

        await Assert.ThrowsAsync<WebSocketException>(() => OpenAsync(socket, gateway, path, subProtocols));

        Assert.Equal(status, socket.HttpStatusCode);
    }

    [Theory]
    [InlineData("https://example.com", HttpStatusCode.Forbidden)]
    [InlineData("http://localhost.example.com:8083", HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    [InlineData("http://localhost:3000", HttpStatusCode.SwitchingProtocols)]
    [InlineData("https://127.0.0.1", HttpStatusCode.SwitchingProtocols)]
    [InlineData("https://example.com", HttpStatusCode.SwitchingProtocols, "auth.allow_anonymous = true")]
    public async Task A_page_from_elsewhere_is_no_client_of_this_machine(string origin, HttpStatusCode status, params string[] settings)
    {
        var gateway = await StartGatewayAsync(new GatewayConfiguration { Settings = settings });
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Origin", origin);

        var opening = OpenAsync(socket, gateway, "/mqtt", ["mqtt"]);
        await (status == HttpStatusCode.Forbidden ? Assert.ThrowsAsync<WebSocketException>(() => opening) : opening);

        Assert.Equal(status, socket.HttpStatusCode);
    }

    [Fact]
    public async Task A_browser_that_opens_the_url_is_told_to_upgrade()
    {
        var gateway = await StartGatewayAsync();
        using var browser = new HttpClient();

        var response = await browser.GetAsync(new Uri($"http://127.0.0.1:{gateway.WebSocketPort}/mqtt"), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.UpgradeRequired, response.StatusCode);
        Assert.Equal("websocket", response.Headers.Upgrade.ToString());
    }

    [Fact]
    public async Task Packets_may_span_frames_and_share_them()
    {
        var gateway = await StartGatewayAsync();
        using var socket = await OpenAsync(gateway, "/mqtt", "mqtt");
        foreach (var octet in Octets(Connect))
        {
            await SendAsync(socket, [octet]);
        }

        await SendAsync(socket, []);
        await ExpectAsync(socket, ConnAck);
        await SendAsync(socket, Octets("82 08 0001 0003 612F62 01" + "32 08 0003 612F62 0007 78" + "C0"));
        await SendAsync(socket, Octets("00"));
        await ExpectAsync(socket, "90 03 0001 01", "40 02 0007", "32 08 0003 612F62 0001 78", "D0 00");
    }

    [Fact]
    public async Task A_text_frame_closes_the_connection_and_publishes_the_will()
    {
        var gateway = await StartGatewayAsync();
        var witness = await ConnectAsync(gateway.MqttPort, "witness");
        await witness.SubscribeAsync("will");
        using var socket = await OpenAsync(gateway, "/mqtt", "mqtt");
        await SendAsync(socket, Octets("10 18 0004 4D515454 04 06 0000 0001 6E 0004 77696C6C 0003 627965"));
        await ExpectAsync(socket, ConnAck);

        await socket.SendAsync(Octets("C0 00"), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);

        Assert.Equal(WebSocketMessageType.Close, (await ReceiveAsync(socket, new byte[16])).MessageType);
        Assert.Equal(WebSocketCloseStatus.InvalidMessageType, socket.CloseStatus);
        Assert.Equal("bye", (await witness.ReceiveAsync("will")).Text);
    }

    [Fact]
    public async Task A_client_that_disconnects_is_answered_by_a_close_frame()
    {
        var gateway = await StartGatewayAsync();
        using var socket = await OpenAsync(gateway, "/mqtt", "mqtt");
        await SendAsync(socket, Octets(Connect));
        await ExpectAsync(socket, ConnAck);

        await SendAsync(socket, Octets("E0 00"));

        Assert.Equal(WebSocketMessageType.Close, (await ReceiveAsync(socket, new byte[16])).MessageType);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    [Fact]
    public async Task A_gateway_that_stops_says_so_and_closes()
    {
        var gateway = await StartGatewayAsync();
        using var socket = await OpenAsync(gateway, "/mqtt", "mqtt");
        await SendAsync(socket, Octets("10 0E 0004 4D515454 05 02 0000 00 0001 6E"));
        await ReceiveAsync(socket, new byte[256]);

        var stopping = gateway.StopAsync();

        await ExpectAsync(socket, "E0 01 8B");
        Assert.Equal(WebSocketMessageType.Close, (await ReceiveAsync(socket, new byte[16])).MessageType);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
        await stopping;
    }

    [Fact]
    public async Task A_subscriber_that_reads_nothing_does_not_hold_up_the_others()
    {
        var gateway = await StartGatewayAsync();
        using var stuck = await OpenAsync(gateway, "/mqtt", "mqtt");
        await SendAsync(stuck, Octets(Connect + "82 08 0001 0003 612F62 01"));
        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("a/b");

        for (var number = 0; number < 200; number++)
        {
            await subscriber.PublishAsync("a/b", new string('x', 100_000));
        }

        await subscriber.Received.CountAsync(200, "message");
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public async Task Random_octets_close_their_connection_and_nothing_else(int seed)
    {
        var random = new Random(seed);
        var gateway = await StartGatewayAsync();
        var witness = await ConnectAsync(gateway.MqttPort, "witness");
        await witness.SubscribeAsync("after");
        var key = Convert.ToBase64String(new byte[16]);
        var upgrade = Encoding.ASCII.GetBytes(
            $"GET /mqtt HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n");
        for (var time = 0; time < 16; time++)
        {
            await using var noise = await WireConversation.ConnectAsync(gateway.WebSocketPort);
            var octets = new byte[16 * 1024];
            random.NextBytes(octets);
            if (time % 4 == 1)
            {
                await noise.SendAsync(upgrade); // So that the noise gets further: frames, good only by their first octets.
            }
            else if (time % 4 == 3)
            {
                await noise.SendAsync(upgrade);
                (octets[0], octets[1], octets[2], octets[3]) = (0x82, 0xFE, 0x20, 0x00);
            }

            await noise.TrySendAsync(octets);
        }

        await witness.PublishAsync("after", "well");
        Assert.Equal("well", (await witness.ReceiveAsync("after")).Text);
    }

    private static byte[] Octets(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    private static async Task<ClientWebSocket> OpenAsync(GatewayProcess gateway, string path, params string[] subProtocols)
    {
        var socket = new ClientWebSocket();
        await OpenAsync(socket, gateway, path, subProtocols);
        return socket;
    }

    private static Task OpenAsync(ClientWebSocket socket, GatewayProcess gateway, string path, string[] subProtocols)
    {
        Array.ForEach(subProtocols, socket.Options.AddSubProtocol);
        return socket.ConnectAsync(new Uri($"ws://127.0.0.1:{gateway.WebSocketPort}{path}"), TestContext.Current.CancellationToken);
    }

    private static Task SendAsync(ClientWebSocket socket, byte[] octets) =>
        socket.SendAsync(octets, WebSocketMessageType.Binary, endOfMessage: true, TestContext.Current.CancellationToken);

    private static Task<WebSocketReceiveResult> ReceiveAsync(ClientWebSocket socket, byte[] buffer) =>
        socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken).OrFailAsync("A frame");

    /// <summary>Waits for packets, in whatever order and frames.</summary>
    private static async Task ExpectAsync(ClientWebSocket socket, params string[] packets)
    {
        var expected = packets.Select(packet => packet.Replace(" ", "", StringComparison.Ordinal)).ToList();
        var (buffer, received) = (new byte[1_024], "");
        while (received.Length < expected.Sum(packet => packet.Length))
        {
            var result = await ReceiveAsync(socket, buffer);
            Assert.Equal(WebSocketMessageType.Binary, result.MessageType);
            received += Convert.ToHexString(buffer, 0, result.Count);
        }

        while (expected.Find(packet => received.StartsWith(packet, StringComparison.Ordinal)) is { } next)
        {
            expected.Remove(next);
            received = received[next.Length..];
        }

        Assert.Equal(("", ""), (received, string.Join(' ', expected)));
    }
}
