using System.Net;
using System.Net.Sockets;

namespace Edge.Load.Commands;

/// <summary><c>edge-load receive --port PORT</c>: receives datagrams, one after another, and does nothing with them, until it is ended.</summary>
internal static class ReceiveCommand
{
    /// <summary>What it says on standard error as soon as it receives.</summary>
    internal const string ReadyText = "receiving";

    internal static int Execute(CommandLine line)
    {
        var port = line.Number("--port", 1, ushort.MaxValue) ?? throw new UsageException("--port is missing.");
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 8 << 20 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        Console.Error.WriteLine(ReadyText);

        var buffer = new byte[65_536];
        var sender = new SocketAddress(AddressFamily.InterNetwork);
        while (true)
        {
            socket.ReceiveFrom(buffer, SocketFlags.None, sender);
        }
    }
}
