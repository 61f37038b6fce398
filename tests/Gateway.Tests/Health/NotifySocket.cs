using System.Net.Sockets;
using System.Text;

namespace Edge.Gateway.Tests.Health;

/// <summary>The end of sd_notify that systemd holds: a real Unix datagram socket.</summary>
internal sealed class NotifySocket : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public NotifySocket(string path)
    {
        _socket.Bind(new UnixDomainSocketEndPoint(path[0] == '@' ? $"\0{path[1..]}" : path));
        Variables["NOTIFY_SOCKET"] = path;
    }

    public Dictionary<string, string> Variables { get; } = [];

    public async Task<string> ReceiveAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        var buffer = new byte[4_096];
        var count = await _socket.ReceiveAsync(buffer, limit.Token);
        return Encoding.UTF8.GetString(buffer, 0, count);
    }

    public void Dispose() => _socket.Dispose();
}
