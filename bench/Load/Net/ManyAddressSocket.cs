using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Edge.Load.Net;

/// <summary>
/// One UDP socket that speaks for many clients, each with its own source address 127.1.x.y (IP_PKTINFO). A server sees them as
/// different peers, while one system call still carries the datagrams of all of them; a socket per client would cost this
/// program three calls for each exchange.
/// </summary>
internal sealed unsafe class ManyAddressSocket : IDisposable
{
    /// <summary>Datagrams that one system call carries.</summary>
    internal const int BatchSize = 256;

    /// <summary>Octets of the greatest datagram.</summary>
    internal const int DatagramSize = 2048;

    private const int IpLevel = 0;
    private const int PacketInfo = 8;
    private const int DontWait = 0x40;
    private const int UdpLevel = 17;
    private const int Segment = 103;

    // struct cmsghdr (length 8, level 4, type 4) and struct in_pktinfo (interface 4, source 4, destination 4), padded.
    private const int ControlSize = 32;
    private const int ControlLength = 28;
    private const int SourceOffset = 20;
    private const int DestinationOffset = 24;
    private const int NameSize = 16;

    private readonly Socket _socket;
    private readonly byte* _memory;
    private readonly Batch _incoming;
    private readonly Batch _outgoing;
    private int _queued;

    /// <param name="server">Where all datagrams go: a loopback address, since 127.1.x.y is known nowhere else.</param>
    internal ManyAddressSocket(IPEndPoint server)
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20 };
        _socket.SetRawSocketOption(IpLevel, PacketInfo, [1, 0, 0, 0]);
        _socket.Bind(new IPEndPoint(IPAddress.Any, 0));

        _memory = (byte*)NativeMemory.AllocZeroed(2 * Batch.Size);
        _incoming = new Batch(_memory);
        _outgoing = new Batch(_memory + Batch.Size);
        Span<byte> name = stackalloc byte[NameSize];
        BinaryPrimitives.WriteUInt16LittleEndian(name, (ushort)AddressFamily.InterNetwork);
        BinaryPrimitives.WriteUInt16BigEndian(name[2..], (ushort)server.Port);
        server.Address.TryWriteBytes(name[4..], out _);
        for (var i = 0; i < BatchSize; i++)
        {
            name.CopyTo(new Span<byte>(_outgoing.Headers[i].Name, NameSize));
            var control = _outgoing.Control(i);
            BinaryPrimitives.WriteUInt64LittleEndian(control, ControlLength);
            BinaryPrimitives.WriteInt32LittleEndian(control[8..], IpLevel);
            BinaryPrimitives.WriteInt32LittleEndian(control[12..], PacketInfo);
        }
    }

    internal int Descriptor => (int)_socket.Handle;

    /// <summary>How often the kernel has taken what was queued.</summary>
    internal long Sent { get; private set; }

    /// <summary>From now on the kernel cuts what is longer into datagrams of so many octets (UDP_SEGMENT), which spares most of the cost of each.</summary>
    internal void SetSegment(int octets) => _socket.SetRawSocketOption(UdpLevel, Segment, BitConverter.GetBytes(octets));

    /// <summary>Room for one datagram; <see cref="Queue"/> takes it.</summary>
    internal Span<byte> Room
    {
        get
        {
            if (_queued == BatchSize)
            {
                Flush();
            }

            return _outgoing.Datagram(_queued);
        }
    }

    /// <summary>Queues what was written to <see cref="Room"/>, from the address of client <paramref name="client"/>.</summary>
    internal void Queue(int client, int length)
    {
        var source = _outgoing.Control(_queued)[SourceOffset..];
        source[0] = 127;
        source[1] = 1;
        BinaryPrimitives.WriteUInt16BigEndian(source[2..], (ushort)client);
        _outgoing.Headers[_queued].Vectors->Length = (nuint)length;
        _queued++;
    }

    /// <summary>Sends all that is queued in one call. What the kernel does not take is lost, as on any network.</summary>
    internal void Flush()
    {
        var sent = 0;
        while (sent < _queued)
        {
            var count = Libc.SendMany(Descriptor, _outgoing.Headers + sent, (uint)(_queued - sent), DontWait);
            if (count < 0)
            {
                break;
            }

            sent += count;
        }

        Sent += sent;
        _queued = 0;
    }

    /// <summary>Receives what is there, in one call; the number of datagrams.</summary>
    internal int Receive()
    {
        for (var i = 0; i < BatchSize; i++)
        {
            _incoming.Headers[i].NameLength = NameSize;
            _incoming.Headers[i].ControlLength = ControlSize;
        }

        return Math.Max(0, Libc.ReceiveMany(Descriptor, _incoming.Headers, BatchSize, DontWait, null));
    }

    /// <summary>A datagram of the last <see cref="Receive"/>, and the client whose address it was sent to.</summary>
    internal ReadOnlySpan<byte> Received(int index, out int client)
    {
        client = BinaryPrimitives.ReadUInt16BigEndian(_incoming.Control(index)[(DestinationOffset + 2)..]);
        return _incoming.Datagram(index)[..(int)_incoming.Headers[index].TransferredLength];
    }

    public void Dispose()
    {
        _socket.Dispose();
        NativeMemory.Free(_memory);
    }

    /// <summary>The headers, addresses, control data and octets of a batch, in memory that does not move.</summary>
    private readonly struct Batch
    {
        internal const int Size = BatchSize * PerDatagram;

        private const int PerDatagram = HeaderSize + VectorSize + NameSize + ControlSize + DatagramSize;
        private const int HeaderSize = 64;
        private const int VectorSize = 16;

        internal Batch(byte* memory)
        {
            Headers = (MessageHeader*)memory;
            var vectors = (IoVector*)(memory + (BatchSize * HeaderSize));
            var names = (byte*)(vectors + BatchSize);
            var controls = names + (BatchSize * NameSize);
            var datagrams = controls + (BatchSize * ControlSize);
            for (var i = 0; i < BatchSize; i++)
            {
                vectors[i] = new() { Base = datagrams + (i * DatagramSize), Length = DatagramSize };
                Headers[i] = new()
                {
                    Name = names + (i * NameSize),
                    NameLength = NameSize,
                    Vectors = vectors + i,
                    VectorCount = 1,
                    Control = controls + (i * ControlSize),
                    ControlLength = ControlSize,
                };
            }
        }

        internal MessageHeader* Headers { get; }

        internal Span<byte> Datagram(int index) => new(Headers[index].Vectors->Base, DatagramSize);

        internal Span<byte> Control(int index) => new(Headers[index].Control, ControlSize);
    }
}
