using System.Net;
using System.Net.Sockets;

namespace Edge.EndToEnd.Tests.Harness;

/// <summary>Loopback ports for servers that keep theirs over a restart.</summary>
/// <remarks>
/// They lie below the range from which the system takes ports for outgoing connections (32768 and up on Linux): one of those could
/// otherwise sit on a server's port at the moment it starts again.
/// </remarks>
internal static class Ports
{
    private const int First = 20_000;
    private const int Range = 12_000;

    private static int _next = Random.Shared.Next(Range);

    /// <summary>A port that nobody uses, neither for TCP nor for UDP, and that this process has not given out before.</summary>
    public static int Take()
    {
        for (var attempt = 0; attempt < Range; attempt++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _next) % Range);
            if (IsFree(port, SocketType.Stream, ProtocolType.Tcp) && IsFree(port, SocketType.Dgram, ProtocolType.Udp))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"No port is free from {First} to {First + Range - 1}.");
    }

    private static bool IsFree(int port, SocketType type, ProtocolType protocol)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
