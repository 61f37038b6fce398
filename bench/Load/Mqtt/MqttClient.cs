using System.Net;
using System.Net.Sockets;
using Edge.Load.Net;

namespace Edge.Load.Mqtt;

/// <summary>
/// One MQTT connection on an event loop. It reads all there is with one call, answers all of it with one call, and holds no
/// buffer while it is idle.
/// </summary>
internal class MqttClient : IReadyHandler, IDisposable
{
    private readonly EventLoop _loop;
    private readonly Socket _socket;
    private readonly int _slot;
    private byte[] _partial = [];
    private byte[] _output = [];
    private int _outputStart;
    private int _outputEnd;
    private bool _watchesWrites;

    /// <summary>Connects the TCP socket and sends CONNECT; <see cref="Connected"/> turns true with CONNACK.</summary>
    internal MqttClient(EventLoop loop, IPEndPoint server, string clientId, int version, int keepAliveSeconds = 0, bool clean = true)
    {
        _loop = loop;
        Version = version;
        _socket = Connect(server);
        _slot = loop.Add(Descriptor, this);
        Send(PacketEncoder.Connect(version, clientId, keepAliveSeconds, clean));
    }

    /// <summary>True once the server accepted the connection.</summary>
    internal bool Connected { get; private set; }

    /// <summary>True once the server granted the last subscription.</summary>
    internal bool Subscribed { get; private set; }

    /// <summary>True once the server closed the connection after <see cref="Disconnect"/>.</summary>
    internal bool Closed { get; private set; }

    /// <summary>Protocol Level: 4 for 3.1.1, 5 for 5.0.</summary>
    protected int Version { get; }

    /// <summary>Octets that wait for the socket.</summary>
    protected int Unsent => _outputEnd - _outputStart;

    /// <summary>True while more could be written as soon as the socket takes it.</summary>
    protected virtual bool HasMore => false;

    private int Descriptor => (int)_socket.Handle;

    private bool Disconnecting { get; set; }

    internal void Subscribe(string topicFilter, int qos)
    {
        Subscribed = false;
        Send(PacketEncoder.Subscribe(Version, topicFilter, qos));
    }

    /// <summary>Sends DISCONNECT; the server closes.</summary>
    internal void Disconnect()
    {
        Disconnecting = true;
        Send(PacketEncoder.Disconnect());
    }

    public void OnReadable()
    {
        var buffer = _loop.Buffer;
        _partial.CopyTo(buffer, 0);
        var received = _socket.Receive(buffer.AsSpan(_partial.Length), SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
        {
            return;
        }

        if (error != SocketError.Success || received == 0)
        {
            OnClosed(error);
            return;
        }

        OnOctets(buffer.AsSpan(0, _partial.Length + received));
        AfterPackets();
        Flush();
    }

    public virtual void OnWritable() => Flush();

    public void Dispose()
    {
        if (!Closed)
        {
            _loop.Remove(_slot);
        }

        _socket.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Handles one whole packet.</summary>
    protected virtual void OnPacket(byte first, ReadOnlySpan<byte> body)
    {
        switch (first & 0xF0)
        {
            case PacketType.ConnAck when body[1] == 0:
                Connected = true;
                break;
            case PacketType.ConnAck:
                throw new LoadException($"The server refused the connection with Reason Code 0x{body[1]:X2}.");
            case PacketType.SubAck when body[^1] < 0x80:
                Subscribed = true;
                break;
            case PacketType.SubAck:
                throw new LoadException($"The server refused the subscription with Reason Code 0x{body[^1]:X2}.");
            case PacketType.Disconnect:
                throw new LoadException($"The server sent DISCONNECT with Reason Code 0x{(body.IsEmpty ? 0 : body[0]):X2}.");
            default:
                throw new LoadException($"The server sent a packet of type 0x{first:X2} that no load asked for.");
        }
    }

    /// <summary>Called once after all packets of one receive, before their answers are sent.</summary>
    protected virtual void AfterPackets()
    {
    }

    /// <summary>Room at the end of what is to be sent; part of it once written.</summary>
    protected Span<byte> Reserve(int size)
    {
        if (_output.Length - _outputEnd < size)
        {
            var unsent = _output.AsSpan(_outputStart, Unsent);
            var target = Unsent + size <= _output.Length ? _output : new byte[Math.Max(256, 2 * (Unsent + size))];
            unsent.CopyTo(target);
            (_output, _outputStart, _outputEnd) = (target, 0, unsent.Length);
        }

        var room = _output.AsSpan(_outputEnd, size);
        _outputEnd += size;
        return room;
    }

    /// <summary>Sends what waits, in one call as far as the socket takes it, and asks for write readiness for the rest.</summary>
    protected void Flush()
    {
        if (Unsent > 0)
        {
            var sent = _socket.Send(_output.AsSpan(_outputStart, Unsent), SocketFlags.None, out var error);
            if (error is not (SocketError.Success or SocketError.WouldBlock))
            {
                OnClosed(error);
                return;
            }

            _outputStart += Math.Max(0, sent);
        }

        if (Unsent == 0)
        {
            (_outputStart, _outputEnd) = (0, 0);
        }

        Watch(Unsent > 0 || HasMore);
    }

    private static Socket Connect(IPEndPoint server)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Connect(server);
            socket.Blocking = false;
            return socket;
        }
        catch (SocketException fault)
        {
            socket?.Dispose();
            throw new LoadException($"Cannot connect to {server}: {fault.Message}");
        }
    }

    private void OnOctets(ReadOnlySpan<byte> data)
    {
        try
        {
            while (FrameReader.TryRead(ref data, out var first, out var body))
            {
                OnPacket(first, body);
            }
        }
        catch (Exception fault) when (fault is ArgumentException or IndexOutOfRangeException)
        {
            throw new LoadException($"The server sent a malformed packet: {fault.Message}");
        }

        if (_partial.Length != 0 || data.Length != 0)
        {
            _partial = data.ToArray();
        }
    }

    private void Send(ReadOnlySpan<byte> packet)
    {
        packet.CopyTo(Reserve(packet.Length));
        Flush();
    }

    private void Watch(bool writes)
    {
        if (writes != _watchesWrites)
        {
            _watchesWrites = writes;
            _loop.WatchWrites(Descriptor, _slot, writes);
        }
    }

    private void OnClosed(SocketError error)
    {
        if (!Disconnecting)
        {
            throw new LoadException($"The server closed the connection ({(error == SocketError.Success ? "end of stream" : error)}).");
        }

        if (!Closed)
        {
            Closed = true;
            _loop.Remove(_slot);
            _socket.Dispose();
        }
    }
}
