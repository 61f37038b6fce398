using System.Net;
using System.Net.Sockets;

namespace Edge.Load.Servers;

/// <summary>Finds loopback ports that nobody uses at the moment.</summary>
internal static class FreePort
{
    /// <summary>A port for TCP.</summary>
    internal static IPEndPoint Tcp() => Find(SocketType.Stream, ProtocolType.Tcp);

    /// <summary>A port for UDP.</summary>
    internal static IPEndPoint Udp() => Find(SocketType.Dgram, ProtocolType.Udp);

    private static IPEndPoint Find(SocketType type, ProtocolType protocol)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }
}
