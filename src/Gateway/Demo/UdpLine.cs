using System.Net;
using System.Net.Sockets;

namespace Edge.Gateway.Demo;

/// <summary>By UDP.</summary>
internal sealed class UdpLine : ISensorLine
{
    private readonly UdpClient _socket;

    public UdpLine(IPEndPoint gateway)
    {
        _socket = new UdpClient(gateway.AddressFamily);
        _socket.Connect(gateway);
    }

    /// <inheritdoc/>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> message) => await _socket.SendAsync(message);

    /// <inheritdoc/>
    public async ValueTask<byte[]> ReceiveAsync(CancellationToken cancellation) => (await _socket.ReceiveAsync(cancellation)).Buffer;

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
