using System.Net;
using System.Net.Sockets;

namespace Edge.EndToEnd.Tests.Harness;

/// <summary>An MQTT-SN forwarder (§5.5): nodes speak to it as if it were the gateway, and it passes on what they say, each under an id that it chose.</summary>
internal sealed class SnForwarder : IAsyncDisposable
{
    private readonly UdpClient _nodes = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly UdpClient _gateway = new(AddressFamily.InterNetwork);
    private readonly CancellationTokenSource _disposed = new();
    private readonly Dictionary<string, byte[]> _ids = [];
    private readonly Dictionary<string, IPEndPoint> _endPoints = [];
    private readonly int _idLength;
    private readonly Task _forwarding;

    /// <param name="gatewayPort">Where the gateway listens, on loopback.</param>
    /// <param name="idLength">Octets of a Wireless Node Id, 0 to 252; the first node has 1, the second 2 and so on.</param>
    public SnForwarder(int gatewayPort, int idLength)
    {
        _idLength = idLength;
        _gateway.Connect(IPAddress.Loopback, gatewayPort);
        _forwarding = Task.WhenAll(UpAsync(), DownAsync());
    }

    /// <summary>Where nodes find it, on loopback.</summary>
    public int Port => ((IPEndPoint)_nodes.Client.LocalEndPoint!).Port;

    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync();
        await _forwarding;
        _nodes.Dispose();
        _gateway.Dispose();
    }

    private async Task UpAsync()
    {
        while (await ReceiveAsync(_nodes) is { } datagram)
        {
            var id = IdOf(datagram.RemoteEndPoint);
            await _gateway.SendAsync((byte[])[(byte)(3 + id.Length), 0xFE, 0x00, .. id, .. datagram.Buffer]);
        }
    }

    private async Task DownAsync()
    {
        while (await ReceiveAsync(_gateway) is { } datagram)
        {
            var octets = datagram.Buffer;
            if (octets is [_, 0x00, ..])
            {
                continue; // ADVERTISE, which is for all who hear it.
            }

            Assert.Equal((0xFE, 0x00), (octets[1], octets[2]));
            await _nodes.SendAsync(octets.AsMemory(octets[0]), _endPoints[Convert.ToHexString(octets.AsSpan(3..octets[0]))]);
        }
    }

    private byte[] IdOf(IPEndPoint node)
    {
        lock (_ids)
        {
            if (!_ids.TryGetValue(node.ToString(), out var id))
            {
                _ids[node.ToString()] = id = new byte[_idLength];
                if (_idLength > 0)
                {
                    id[^1] = (byte)_ids.Count;
                }

                _endPoints[Convert.ToHexString(id)] = node;
            }

            return id;
        }
    }

    private async Task<UdpReceiveResult?> ReceiveAsync(UdpClient udp)
    {
        while (true)
        {
            try
            {
                return await udp.ReceiveAsync(_disposed.Token);
            }
            catch (SocketException)
            {
                // ICMP says that nobody listens at the moment.
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }
    }
}
