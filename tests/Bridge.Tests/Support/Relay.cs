using System.Net;
using System.Net.Sockets;

namespace Edge.Bridge.Tests.Support;

/// <summary>Passes connections on to another port, and cuts them when told: with RST, octets under way lost.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly Task _accepting;
    private Socket[] _pair = [];

    public Relay(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Address => new($"mqtt://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public void Cut()
    {
        foreach (var socket in Interlocked.Exchange(ref _pair, []))
        {
            socket.Close(timeout: 0);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        Cut();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        var passing = new List<Task>();
        try
        {
            while (true)
            {
                var near = await _listener.AcceptSocketAsync();
                var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await far.ConnectAsync(IPAddress.Loopback, _target);
                _pair = [near, far];
                passing.Add(PassAsync(near, far));
                passing.Add(PassAsync(far, near));
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(passing);
        }
    }

    private static async Task PassAsync(Socket from, Socket to)
    {
        var octets = new byte[4_096];
        try
        {
            for (int count; (count = await from.ReceiveAsync(octets)) > 0;)
            {
                for (var at = 0; at < count;)
                {
                    at += await to.SendAsync(octets.AsMemory(at, count - at));
                }
            }
        }
        catch (Exception cut) when (cut is SocketException or ObjectDisposedException)
        {
            // That is what a relay that cuts is for.
        }

        from.Dispose();
        to.Dispose();
    }
}
