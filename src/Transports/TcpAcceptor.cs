using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Edge.Transports.Native;

namespace Edge.Transports;

/// <summary>What became of an attempt to take a connection in, and whether the next may be tried.</summary>
/// <param name="acceptor">Who tried.</param>
/// <param name="link">The connection, to be opened on the thread of its loop; null when there is no room for one more, and nobody is taken in until <see cref="TcpAcceptor.Resume"/>.</param>
/// <param name="remote">Where the other side is.</param>
/// <returns>False to take nobody in until <see cref="TcpAcceptor.Resume"/>; who comes meanwhile waits in the system's queue.</returns>
public delegate bool AcceptTcp(TcpAcceptor acceptor, TcpLink? link, LinkAddress remote);

/// <summary>Listens at an address and hands out the connections that come, to the loops in turn.</summary>
public sealed unsafe class TcpAcceptor : TcpHandler, IDisposable, IThreadPoolWorkItem
{
    /// <summary>Connections that may wait in the system's queue.</summary>
    private const int Backlog = 512;
    private const int NameSize = 32;

    /// <summary>Connections taken in before others on the loop have their turn.</summary>
    private const int AtOnce = 64;

    /// <summary>Descriptors that are left for files and whatever else the process must be able to open, however many connections come.</summary>
    private const int SpareDescriptors = 32;

    private readonly Socket _socket;
    private readonly IReadOnlyList<TcpLoop> _loops;
    private readonly AcceptTcp _accepted;
    private (int Descriptor, LinkAddress Remote) _held = (-1, default);
    private int _next;
    private volatile bool _isClosed;

    /// <summary>Binds and listens. Nobody is taken in before <see cref="Resume"/>.</summary>
    /// <param name="bind">Address and port; port 0 has the system choose. <see cref="IPAddress.IPv6Any"/> takes IPv4 too.</param>
    /// <param name="loops">Who looks after the connections; the first looks after this, too. They are started later.</param>
    /// <param name="accepted">Told of each connection, on the thread of the first loop.</param>
    /// <exception cref="SocketException">The address cannot be bound.</exception>
    public TcpAcceptor(IPEndPoint bind, IReadOnlyList<TcpLoop> loops, AcceptTcp accepted)
        : this(Open(bind), loops, accepted)
    {
    }

    private TcpAcceptor(Socket socket, IReadOnlyList<TcpLoop> loops, AcceptTcp accepted)
        : base((int)socket.Handle)
    {
        (_socket, _loops, _accepted) = (socket, loops, accepted);
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
        _loops[0].Add(this, EpollEvents.None);
    }

    /// <summary>Address and port that were bound.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Takes connections in from now on. From any thread.</summary>
    public void Resume() => _loops[0].Schedule(this);

    /// <summary>Listens no longer: soon while its loop runs, else at once. From any thread.</summary>
    public void Dispose()
    {
        _isClosed = true;
        if (_loops[0].IsRunning)
        {
            _loops[0].Schedule(this);
        }
        else
        {
            Close();
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (_isClosed)
        {
            Close();
        }
        else if (_held.Descriptor < 0 || TryHandOut(Libc.Renumber(_held.Descriptor), _held.Remote))
        {
            _loops[0].Change(this, EpollEvents.In);
        }
    }

    /// <inheritdoc/>
    internal override void OnReady(EpollEvents events)
    {
        var name = stackalloc byte[NameSize];
        for (var taken = 0; taken < AtOnce; taken++)
        {
            var descriptor = Libc.Accept(Descriptor, name, NameSize);
            if (descriptor < 0 && GoesOnAfter(Marshal.GetLastPInvokeError()))
            {
                continue;
            }

            if (descriptor < 0)
            {
                return;
            }

            if (!TryHandOut(descriptor, LinkAddress.Read(new ReadOnlySpan<byte>(name, NameSize))))
            {
                _loops[0].Change(this, EpollEvents.None);
                return;
            }
        }
    }

    private static Socket Open(IPEndPoint bind)
    {
        var socket = new Socket(bind.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (bind.Address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            // What is accepted inherits it.
            socket.NoDelay = true;
            socket.Blocking = false;
            socket.Bind(bind);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Hands a connection out, or holds it until there is room for it.</summary>
    /// <returns>Whether the next may be tried.</returns>
    private bool TryHandOut(int descriptor, LinkAddress remote)
    {
        var hasRoom = (ulong)descriptor + SpareDescriptors < Libc.DescriptorLimit();
        _held = hasRoom ? (-1, default) : (descriptor, remote);
        return _accepted(this, hasRoom ? new TcpLink(descriptor, _loops[_next++ % _loops.Count]) : null, remote) && hasRoom;
    }

    /// <returns>Whether another connection may be there.</returns>
    private bool GoesOnAfter(int error)
    {
        switch (error)
        {
            case Errno.Again:
                return false;
            case Errno.TooManyFiles or Errno.TooManyFilesInSystem or Errno.NoBuffers or Errno.OutOfMemory:
                _loops[0].Change(this, EpollEvents.None);
                _accepted(this, null, default);
                return false;
            case Errno.BadDescriptor or Errno.NotSocket or Errno.BadAddress or Errno.InvalidArgument or Errno.NotImplemented:
                throw Libc.Fault("accept4");
            default:
                // The connection went before it was taken in, or something of the network that holds for it alone.
                return true;
        }
    }

    private void Close()
    {
        if (Descriptor >= 0)
        {
            _loops[0].Remove(this);
            _socket.Dispose();
            if (_held.Descriptor >= 0)
            {
                _ = Libc.Close(_held.Descriptor);
            }

            Descriptor = -1;
        }
    }
}
