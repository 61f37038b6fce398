using System.Net;
using System.Net.Sockets;
using System.Text;
using Org.BouncyCastle.Tls;
using Org.BouncyCastle.Tls.Crypto.Impl.BC;

namespace Edge.Transports.Tests.Dtls;

/// <summary>A client over a network that the test holds in its hands.</summary>
internal sealed class DtlsClient : DatagramTransport, IDisposable
{
    private readonly int _server;
    private readonly Queue<byte[]> _early = new();
    private Socket _socket;
    private DtlsTransport? _transport;

    public DtlsClient(int server, int localPort = 0)
    {
        _server = server;
        _socket = Open(localPort);
    }

    /// <summary>A client at the very address of another.</summary>
    public DtlsClient(DtlsClient other)
    {
        _server = other._server;
        _socket = other._socket;
    }

    /// <summary>What becomes of a datagram on its way to the server: none, one, or several.</summary>
    public Func<byte[], IEnumerable<byte[]>> Outgoing { get; set; } = datagram => [datagram];

    /// <summary>What becomes of one from the server.</summary>
    public Func<byte[], IEnumerable<byte[]>> Incoming { get; set; } = datagram => [datagram];

    public IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>Datagrams as they went out, oldest first.</summary>
    public List<byte[]> Sent { get; } = [];

    /// <summary>Datagrams as they came.</summary>
    public List<byte[]> Arrived { get; } = [];

    /// <summary>Goes through the handshake. It blocks, so it has a thread of its own.</summary>
    public Task ConnectAsync(TlsClient terms) => Task.Factory.StartNew(
        () => { _transport = new DtlsClientProtocol().Connect(terms, this); },
        TestContext.Current.CancellationToken,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default).WaitAsync(EchoServer.Limit, TestContext.Current.CancellationToken);

    /// <summary>Connects with the key of a device.</summary>
    public Task ConnectAsync(int device, byte[]? key = null, int suite = CipherSuite.TLS_PSK_WITH_AES_128_CCM_8, bool withConnectionId = false) =>
        ConnectAsync(new PskTerms($"dev{device}", key ?? EchoServer.KeyOf(device), suite, withConnectionId));

    public void SendText(string text) => _transport!.Send(Encoding.ASCII.GetBytes(text));

    /// <summary>Waits for a datagram; null when none comes in time.</summary>
    public string? ReceiveText(int milliseconds = 10_000)
    {
        var octets = new byte[20_000];
        var size = _transport!.Receive(octets, milliseconds);
        return size < 0 ? null : Encoding.ASCII.GetString(octets, 0, size);
    }

    public string? Echo(string text)
    {
        SendText(text);
        return ReceiveText();
    }

    /// <summary>Comes from another port from now on, as behind a NAT that has forgotten.</summary>
    public void Rebind()
    {
        _socket.Dispose();
        _socket = Open(0);
    }

    /// <summary>Sends octets as they are.</summary>
    public void SendRaw(ReadOnlySpan<byte> octets) => _socket.Send(octets);

    /// <summary>Passes over what has come by now.</summary>
    public void PassOver()
    {
        var octets = new byte[17_000];
        while (_socket.Available > 0)
        {
            _socket.Receive(octets);
        }
    }

    public void GoodBye() => _transport!.Close();

    public int GetReceiveLimit() => 17_000;

    public int GetSendLimit() => 1_400;

    public int Receive(byte[] buf, int off, int len, int waitMillis) => Receive(buf.AsSpan(off, len), waitMillis);

    public int Receive(Span<byte> buffer, int waitMillis)
    {
        if (_early.Count == 0 && _socket.Poll(waitMillis * 1_000, SelectMode.SelectRead))
        {
            var octets = new byte[17_000];
            var datagram = octets[.._socket.Receive(octets)];
            Arrived.Add(datagram);
            Incoming(datagram).ToList().ForEach(_early.Enqueue);
        }

        if (!_early.TryDequeue(out var next))
        {
            return -1;
        }

        next.CopyTo(buffer);
        return next.Length;
    }

    public void Send(byte[] buf, int off, int len) => Send(buf.AsSpan(off, len));

    public void Send(ReadOnlySpan<byte> buffer)
    {
        Sent.Add(buffer.ToArray());
        foreach (var datagram in Outgoing(buffer.ToArray()))
        {
            _socket.Send(datagram);
        }
    }

    public void Close()
    {
    }

    public void Dispose() => _socket.Dispose();

    private Socket Open(int localPort)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, localPort));
        socket.Connect(IPAddress.Loopback, _server);
        return socket;
    }

    internal sealed class PskTerms(string identity, byte[] key, int suite, bool withConnectionId)
        : PskTlsClient(new BcTlsCrypto(), new BasicTlsPskIdentity(Encoding.UTF8.GetBytes(identity), key))
    {
        public override int GetHandshakeTimeoutMillis() => 20_000;

        public override int GetHandshakeResendTimeMillis() => 100;

        protected override ProtocolVersion[] GetSupportedVersions() => ProtocolVersion.DTLSv12.Only();

        protected override int[] GetSupportedCipherSuites() => [suite];

        protected override byte[]? GetNewConnectionID() => withConnectionId ? [] : null;
    }
}
