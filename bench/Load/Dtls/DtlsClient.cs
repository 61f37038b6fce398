using System.Net;
using System.Net.Sockets;
using Edge.Load.Coap;
using Edge.Load.Net;

namespace Edge.Load.Dtls;

/// <summary>One DTLS association with a socket and an address 127.1.x.y of its own: the handshake, then CoAP requests.</summary>
internal sealed unsafe class DtlsClient : IReadyHandler, IDisposable
{
    private const int SetMtu = 17;
    private const int HandleTimeout = 74;
    private const int Mtu = 1_200;
    private const int DatagramSize = 2_048;

    private readonly EventLoop _loop;
    private readonly Socket _socket;
    private readonly int _slot;
    private readonly nint _ssl;
    private readonly ConfirmableRequest _request;

    internal DtlsClient(EventLoop loop, IPEndPoint server, PreSharedKey key, int number)
    {
        _loop = loop;
        _request = new(MessageEncoder.Request(MessageCode.Post, $"ps/bench/{number}", query: null, observe: false, "x"u8));
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        _socket.Bind(new IPEndPoint(new IPAddress([127, 1, (byte)(number >> 8), (byte)number]), 0));
        _socket.Connect(server);
        _slot = loop.Add((int)_socket.Handle, this);

        _ssl = OpenSsl.New(key.Context);
        var bio = OpenSsl.NewSocketBio((int)_socket.Handle, close: 0);
        OpenSsl.SetBio(_ssl, bio, bio);
        _ = OpenSsl.Control(_ssl, SetMtu, Mtu, 0);
        Shake();
    }

    /// <summary>True once the handshake is over.</summary>
    internal bool IsEstablished { get; private set; }

    /// <summary>True while no request waits for its response.</summary>
    internal bool IsIdle => !_request.IsUnderWay;

    /// <summary>Posts one message, Confirmable.</summary>
    internal void Post()
    {
        _request.Begin();
        Send(_request.Octets);
    }

    /// <summary>Sends again what has waited too long for its answer.</summary>
    internal void Retransmit()
    {
        if (!IsEstablished)
        {
            _ = OpenSsl.Control(_ssl, HandleTimeout, 0, 0);
        }
        else if (_request.IsDue(out var givenUp))
        {
            Send(_request.Octets);
        }
        else if (givenUp)
        {
            throw new LoadException("The server did not answer a request over DTLS.");
        }
    }

    public void OnReadable()
    {
        if (!IsEstablished)
        {
            Shake();
        }

        var buffer = stackalloc byte[DatagramSize];
        int count;
        while (IsEstablished && (count = OpenSsl.Read(_ssl, buffer, DatagramSize)) != 0)
        {
            if (count < 0)
            {
                Expect(OpenSsl.WantRead, count);
                return;
            }

            _request.TryEnd(ReceivedMessage.Read(new(buffer, count)));
        }
    }

    public void OnWritable()
    {
    }

    public void Dispose()
    {
        _loop.Remove(_slot);
        OpenSsl.Free(_ssl);
        _socket.Dispose();
    }

    private void Shake()
    {
        var result = OpenSsl.Connect(_ssl);
        if (result == 1)
        {
            IsEstablished = true;
        }
        else
        {
            Expect(OpenSsl.WantRead, result);
        }
    }

    private void Send(byte[] octets)
    {
        fixed (byte* pointer = octets)
        {
            if (OpenSsl.Write(_ssl, pointer, octets.Length) != octets.Length)
            {
                throw new LoadException($"A request could not be sent over DTLS: {OpenSsl.Error()}");
            }
        }
    }

    private void Expect(int error, int result)
    {
        if (OpenSsl.GetError(_ssl, result) is var actual && actual != error)
        {
            throw new LoadException($"DTLS failed (SSL_get_error {actual}): {OpenSsl.Error()}");
        }
    }
}
