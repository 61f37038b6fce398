using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Edge.Bridge.Tests.Support;

/// <summary>An upstream that does what a test says, packet by packet.</summary>
internal sealed class ScriptedUpstream : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public ScriptedUpstream() => _listener.Start();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public Uri Address => new($"mqtt://127.0.0.1:{Port}");

    /// <summary>Waits for the bridge to come.</summary>
    public async Task<ScriptedConnection> AcceptAsync() =>
        new(new NetworkStream(await _listener.AcceptSocketAsync(TestContext.Current.CancellationToken).Patiently(), ownsSocket: true));

    /// <summary>Waits for the bridge to come by TLS.</summary>
    public async Task<ScriptedConnection> AcceptAsync(SslServerAuthenticationOptions tls)
    {
        var stream = new SslStream(new NetworkStream(await _listener.AcceptSocketAsync(TestContext.Current.CancellationToken).Patiently(), ownsSocket: true));
        await stream.AuthenticateAsServerAsync(tls, TestContext.Current.CancellationToken).Patiently();
        return new ScriptedConnection(stream);
    }

    /// <summary>Waits for the bridge and takes it, with a CONNACK as given.</summary>
    public async Task<ScriptedConnection> AcceptAsync(string connAck)
    {
        var connection = await AcceptAsync();
        await connection.ReadAsync();
        await connection.SendAsync(connAck);
        return connection;
    }

    public void Dispose() => _listener.Dispose();
}
