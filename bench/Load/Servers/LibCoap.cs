using System.Net;
using System.Net.Sockets;
using Edge.Load.Coap;
using Edge.Load.Dtls;
using Edge.Load.Reporting;
using Edge.Load.Scenarios;

namespace Edge.Load.Servers;

/// <summary>libcoap's example server on a free loopback port. It makes a resource of whatever is posted to.</summary>
/// <param name="program">Its executable.</param>
/// <param name="isSecure">True for a load over DTLS.</param>
internal sealed class LibCoap(string program, bool isSecure = false) : IServerKind
{
    internal const string DefaultProgram = "/usr/bin/coap-server-notls";
    internal const string DefaultDtlsProgram = "/usr/bin/coap-server-openssl";

    public string Name => "libcoap";

    /// <inheritdoc/>
    public LoadResult Measure(Scenario scenario, LoadOptions options)
    {
        var endPoint = FreePort.Udp();
        string[] key = isSecure ? ["-h", "load", "-k", PreSharedKey.Key] : [];
        using var server = ServerProcess.StartStubborn(
            program, ["-A", $"{endPoint.Address}", "-p", $"{endPoint.Port}", "-d", "20000", .. key], () => Answers(endPoint));

        // DTLS is served on the port after the one that is named.
        var front = isSecure ? new IPEndPoint(endPoint.Address, endPoint.Port + 1) : endPoint;
        return scenario.Run(new LoadTarget(front, server.ProcessId), options);
    }

    /// <summary>CoAP ping (RFC 7252 §4.3): whoever is there answers it by Reset.</summary>
    private static bool Answers(IPEndPoint endPoint)
    {
        Span<byte> datagram = stackalloc byte[64];
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 500 };
        try
        {
            socket.Connect(endPoint);
            socket.Send(datagram[..MessageEncoder.WriteEmpty(datagram, MessageType.Confirmable, messageId: 1)]);
            return ReceivedMessage.Read(datagram[..socket.Receive(datagram)]).Type == MessageType.Reset;
        }
        catch (SocketException)
        {
            return false; // Nobody listens yet, or nobody answered.
        }
    }
}
