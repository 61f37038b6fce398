using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace Edge.EndToEnd.Tests.Harness;

/// <summary>A connection on which a test says, and expects, octets written in hex.</summary>
internal sealed class WireConversation : IAsyncDisposable
{
    private readonly Socket? _socket;
    private readonly Stream _stream;

    private WireConversation(Stream stream, Socket? socket = null) => (_stream, _socket) = (stream, socket);

    /// <summary>Connects to a port on loopback.</summary>
    public static async Task<WireConversation> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        return new WireConversation(new NetworkStream(socket, ownsSocket: true), socket);
    }

    /// <summary>Connects to a gateway by one of its listeners: <c>mqtt</c>, <c>mqtts</c>, <c>ws</c> or <c>wss</c>.</summary>
    public static Task<WireConversation> ConnectAsync(GatewayProcess gateway, string listener) => listener switch
    {
        "mqtt" => ConnectAsync(gateway.MqttPort),
        "mqtts" => ConnectByTlsAsync(gateway.MqttTlsPort),
        "ws" => ConnectByWebSocketAsync($"ws://127.0.0.1:{gateway.WebSocketPort}/mqtt"),
        "wss" => ConnectByWebSocketAsync($"wss://127.0.0.1:{gateway.SecureWebSocketPort}/mqtt"),
        _ => throw new ArgumentOutOfRangeException(nameof(listener)),
    };

    /// <summary>Sends octets.</summary>
    public Task SendAsync(string hex) => SendAsync(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));

    /// <inheritdoc cref="SendAsync(string)"/>
    public async Task SendAsync(ReadOnlyMemory<byte> octets) => await _stream.WriteAsync(octets, TestContext.Current.CancellationToken);

    /// <summary>Sends octets to somebody who may close at any of them.</summary>
    public async Task TrySendAsync(ReadOnlyMemory<byte> octets)
    {
        try
        {
            await SendAsync(octets);
        }
        catch (IOException)
        {
            // The other side has had enough, as it may.
        }
    }

    /// <summary>Says, over plain TCP, that nothing more comes; the other side may still speak.</summary>
    public void EndSending()
    {
        try
        {
            _socket!.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The other side has ended all of it before.
        }
    }

    /// <summary>Waits for octets; any others fail the test.</summary>
    public async Task ExpectAsync(string hex)
    {
        var expected = hex.Replace(" ", "", StringComparison.Ordinal);
        Assert.Equal(expected, Convert.ToHexString(await ReadAsync(expected.Length / 2).OrFailAsync($"The answer {hex}")), ignoreCase: true);
    }

    /// <summary>Waits for so many octets.</summary>
    public async Task<byte[]> ReadAsync(int count)
    {
        var octets = new byte[count];
        await _stream.ReadExactlyAsync(octets).AsTask().OrFailAsync($"{count} octets");
        return octets;
    }

    /// <summary>Waits until the other side closes the connection.</summary>
    /// <returns>What it said before.</returns>
    public async Task<byte[]> ReadToEndAsync()
    {
        using var said = new MemoryStream();
        try
        {
            await _stream.CopyToAsync(said).OrFailAsync("The end of the connection");
        }
        catch (IOException)
        {
            // Reset: an end, too.
        }

        return said.ToArray();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _stream.DisposeAsync();

    private static async Task<WireConversation> ConnectByTlsAsync(int port)
    {
        var plain = await ConnectAsync(port);
        var tls = new SslStream(plain._stream, leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate is not null);
        await tls.AuthenticateAsClientAsync("localhost");
        return new WireConversation(tls);
    }

    private static async Task<WireConversation> ConnectByWebSocketAsync(string url)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("mqtt");
        socket.Options.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null;
        await socket.ConnectAsync(new Uri(url), TestContext.Current.CancellationToken);
        return new WireConversation(WebSocketStream.Create(socket, WebSocketMessageType.Binary, ownsWebSocket: true));
    }
}
