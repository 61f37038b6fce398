using System.Net;
using System.Net.Sockets;

namespace Edge.Gateway.Demo;

/// <summary>The line between the gateway and the cloud, with a switch: TCP connections are relayed, or cut and refused.</summary>
internal sealed class DemoUplink : IAsyncDisposable
{
    private readonly IPEndPoint _cloud;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private CancellationTokenSource _cut = new();

    /// <summary>Opens the line on a free port.</summary>
    public DemoUplink(IPEndPoint cloud)
    {
        _cloud = cloud;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where the gateway finds the cloud.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Whether the line is up.</summary>
    public bool IsUp => !_cut.IsCancellationRequested;

    /// <summary>Cuts every connection and refuses new ones.</summary>
    public void Cut() => _cut.Cancel();

    /// <summary>Lets new connections through.</summary>
    public void Restore() => _cut = new CancellationTokenSource();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _cut.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stopping.Dispose();
        _cut.Dispose();
    }

    private async Task AcceptAsync()
    {
        var relays = new List<Task>();
        try
        {
            while (true)
            {
                relays.Add(RelayAsync(await _listener.AcceptTcpClientAsync(_stopping.Token), _cut.Token));
                relays.RemoveAll(relay => relay.IsCompleted);
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(relays);
        }
    }

    private async Task RelayAsync(TcpClient gateway, CancellationToken cut)
    {
        using (gateway)
        using (var cloud = new TcpClient())
        {
            try
            {
                cut.ThrowIfCancellationRequested();
                await cloud.ConnectAsync(_cloud, cut);
                await Task.WhenAny(
                    gateway.GetStream().CopyToAsync(cloud.GetStream(), cut),
                    cloud.GetStream().CopyToAsync(gateway.GetStream(), cut));
            }
            catch (Exception down) when (down is OperationCanceledException or SocketException or IOException)
            {
                // The line is cut: that is what this class is for. The gateway sees its connection end.
            }
        }
    }
}
