using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Edge.Transports.Native;

namespace Edge.Transports;

/// <summary>Datagrams over UDP, up to 64 with one system call in and out. 64-bit Linux.</summary>
/// <remarks>
/// Nothing that the network says ends it: a «port unreachable» that comes back, a datagram too large for the path, a full buffer are
/// counted, and the loop goes on.
/// </remarks>
public sealed unsafe class UdpLink : IDatagramLink
{
    /// <summary>Octets of outgoing datagrams that make a batch full.</summary>
    private const int SendOctets = 256 * 1024;

    /// <summary>In the array that SO_MEMINFO fills: datagrams dropped, SK_MEMINFO_DROPS.</summary>
    private const int DropsInMemoryInfo = 8;
    private const int MemoryInfoItems = 9;

    private static readonly TimeSpan LivelyWait = TimeSpan.FromMicroseconds(50);
    private static readonly bool CanBeLively = Environment.ProcessorCount > 1;

    private readonly Socket _socket;
    private readonly int _descriptor;
    private readonly WakeUp _wakeUp;
    private readonly MessageBatch _incoming;
    private readonly MessageBatch _outgoing = new(SendOctets);
    private readonly int[] _whole = new int[MessageBatch.Capacity];

    private bool _isLively;
    private int _count;
    private int _queued;
    private int _queuedOctets;

    private long _received;
    private long _sent;
    private long _truncated;
    private long _overflowed;
    private long _sendFailures;
    private long _errors;

    /// <summary>Opens a socket and binds it.</summary>
    /// <param name="bind">Address and port; port 0 has the system choose. <see cref="IPAddress.IPv6Any"/> takes IPv4 too. A multicast group hears what is sent to it, when it is among the groups of the options; what it sends comes from this machine's own address.</param>
    /// <param name="options">Sizes; null for the defaults.</param>
    /// <exception cref="SocketException">The address cannot be bound.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not 64-bit Linux.</exception>
    public UdpLink(IPEndPoint bind, UdpLinkOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(bind);
        Libc.EnsureSupported("The UDP link");
        options ??= new UdpLinkOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxDatagramSize, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxDatagramSize, UdpLinkOptions.LargestDatagram, nameof(options));

        // An odd number of cache lines apart, so that the beginnings of datagrams do not all fall into the same few lines of the cache.
        var stride = ((options.MaxDatagramSize / 128) * 128) + 192;
        _incoming = new MessageBatch(stride * MessageBatch.Capacity);
        for (var i = 0; i < MessageBatch.Capacity; i++)
        {
            _incoming.PrepareToReceive(i, i * stride, options.MaxDatagramSize);
        }

        _socket = Open(bind, options);
        _descriptor = (int)_socket.Handle;
        EndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        _wakeUp = new WakeUp();
    }

    /// <summary>Address and port that were bound.</summary>
    public IPEndPoint EndPoint { get; }

    /// <inheritdoc/>
    public LinkAddress Local => LinkAddress.From(EndPoint);

    /// <summary>Octets the system really holds for a loop that is busy; it reckons in overhead, about half may be payload.</summary>
    public int ReceiveBufferSize => _socket.ReceiveBufferSize;

    /// <inheritdoc/>
    public LinkCounters Counters => new(
        Volatile.Read(ref _received),
        Volatile.Read(ref _sent),
        Volatile.Read(ref _truncated),
        Volatile.Read(ref _overflowed),
        Volatile.Read(ref _sendFailures),
        Volatile.Read(ref _errors));

    /// <inheritdoc/>
    public int Receive(TimeSpan timeout)
    {
        ObjectDisposedException.ThrowIf(_wakeUp.IsClosed, this);
        var messages = ReceiveNow();
        if (messages == 0)
        {
            Wait(timeout);
            messages = ReceiveNow();
        }

        if (messages is 0 or MessageBatch.Capacity)
        {
            NoteOverflow();
        }

        return _count;
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Datagram(int index) => _incoming.Received(Whole(index));

    /// <inheritdoc/>
    public LinkAddress Sender(int index) => _incoming.Sender(Whole(index));

    /// <inheritdoc/>
    public Span<byte> Enqueue(LinkAddress receiver, int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, ushort.MaxValue);
        if (_queued == MessageBatch.Capacity || _queuedOctets + size > _outgoing.Octets)
        {
            Flush();
        }

        var room = _outgoing.PrepareToSend(_queued, _queuedOctets, size, receiver, EndPoint.AddressFamily);
        _queued++;
        _queuedOctets += size;
        return room;
    }

    /// <inheritdoc/>
    public void Flush()
    {
        ObjectDisposedException.ThrowIf(_wakeUp.IsClosed, this);
        var refused = false;
        for (var next = 0; next < _queued;)
        {
            var sent = Libc.SendMessages(_descriptor, _outgoing.Headers(next), (uint)(_queued - next), Libc.MsgDontWait);
            if (sent > 0)
            {
                next += sent;
                _sent += sent;
                refused = false;
                continue;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case Errno.Interrupted:
                    break;
                case Errno.ConnectionRefused when !refused:
                    // A report on an earlier datagram; this one was not tried yet.
                    _errors++;
                    refused = true;
                    break;
                case Errno.BadDescriptor or Errno.NotSocket or Errno.BadAddress or Errno.NotImplemented:
                    throw Libc.Fault("sendmmsg");
                default:
                    next++;
                    _sendFailures++;
                    refused = false;
                    break;
            }
        }

        _queued = 0;
        _queuedOctets = 0;
    }

    /// <inheritdoc/>
    public void Wake() => _wakeUp.Ask();

    /// <summary>Closes the socket. Call it when the loop has ended.</summary>
    public void Dispose()
    {
        _wakeUp.Dispose();
        _socket.Dispose();
    }

    private static Socket Open(IPEndPoint bind, UdpLinkOptions options)
    {
        var socket = new Socket(bind.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (bind.Address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.ReceiveBufferSize = options.ReceiveBufferSize;
            ForceReceiveBufferSize(socket, options.ReceiveBufferSize);
            socket.SendBufferSize = options.SendBufferSize;
            socket.EnableBroadcast = bind.AddressFamily == AddressFamily.InterNetwork || socket.DualMode;
            HearOnlyItsGroups(socket);
            var isGroup = bind.Address.IsIPv6Multicast || (bind.AddressFamily == AddressFamily.InterNetwork && bind.Address.GetAddressBytes()[0] is >= 224 and < 240);
            ShareAddress(socket, isGroup || options.IsBesideGroups);
            socket.Bind(bind);
            ShareAddress(socket, isGroup);
            foreach (var group in options.Groups.Where(group => group.AddressFamily == bind.AddressFamily || socket.DualMode))
            {
                Join(socket, group);
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void Join(Socket socket, IPAddress group)
    {
        if (group.AddressFamily == AddressFamily.InterNetwork)
        {
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(group));
        }
        else
        {
            socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.AddMembership, new IPv6MulticastOption(group));
        }
    }

    /// <summary>Without this a socket hears every group that any program has joined (IP_MULTICAST_ALL).</summary>
    private static void HearOnlyItsGroups(Socket socket)
    {
        var isOff = BitConverter.GetBytes(0);
        if (socket.AddressFamily == AddressFamily.InterNetwork || socket.DualMode)
        {
            socket.SetRawSocketOption(Libc.SolIp, Libc.IpMulticastAll, isOff);
        }

        if (socket.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket.SetRawSocketOption(Libc.SolIpv6, Libc.Ipv6MulticastAll, isOff);
        }
    }

    /// <summary>SO_REUSEADDR alone; what .NET calls ReuseAddress has the system spread datagrams over several programs.</summary>
    private static void ShareAddress(Socket socket, bool isShared) => socket.SetRawSocketOption(Libc.SolSocket, Libc.SoReuseAddress, BitConverter.GetBytes(isShared ? 1 : 0));

    /// <summary>Goes beyond net.core.rmem_max where the process may (CAP_NET_ADMIN); elsewhere the limit stands.</summary>
    private static void ForceReceiveBufferSize(Socket socket, int size)
    {
        try
        {
            socket.SetRawSocketOption(Libc.SolSocket, Libc.SoReceiveBufferForce, BitConverter.GetBytes(size));
        }
        catch (SocketException fault) when (fault.SocketErrorCode == SocketError.AccessDenied)
        {
            // Not permitted: what was set before stays.
        }
    }

    private int Whole(int index) => (uint)index < (uint)_count ? _whole[index] : throw new ArgumentOutOfRangeException(nameof(index));

    /// <summary>Takes in what is there without waiting.</summary>
    /// <returns>Datagrams taken from the system, those that were too large included.</returns>
    private int ReceiveNow()
    {
        _count = 0;
        for (var errors = 0; errors < MessageBatch.Capacity;)
        {
            var messages = Libc.ReceiveMessages(_descriptor, _incoming.Headers(0), MessageBatch.Capacity, Libc.MsgDontWait, null);
            if (messages >= 0)
            {
                Sort(messages);
                return messages;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case Errno.Interrupted:
                    break;
                case Errno.Again:
                    return 0;
                case Errno.BadDescriptor or Errno.NotSocket or Errno.BadAddress or Errno.InvalidArgument or Errno.NotImplemented:
                    throw Libc.Fault("recvmmsg");
                default:
                    // A report on an earlier datagram, such as «port unreachable». What was received lies behind it.
                    errors++;
                    _errors++;
                    break;
            }
        }

        return 0;
    }

    /// <summary>Notes which datagrams are whole, and makes their headers ready for the next time.</summary>
    private void Sort(int messages)
    {
        for (var i = 0; i < messages; i++)
        {
            if (_incoming.IsTruncated(i))
            {
                _truncated++;
            }
            else
            {
                _whole[_count++] = i;
            }

            _incoming.PrepareToReceiveAgain(i);
        }

        _received += _count;
    }

    /// <summary>
    /// Sleeps until something comes. While one datagram follows the other sooner than a sleep would be over, it looks again and again instead:
    /// to fall asleep and be woken costs an idle processor some 50 µs.
    /// </summary>
    private void Wait(TimeSpan timeout)
    {
        var descriptors = stackalloc PollDescriptor[2]
        {
            new PollDescriptor { Descriptor = _descriptor, Events = Libc.PollIn },
            new PollDescriptor { Descriptor = _wakeUp.Descriptor, Events = Libc.PollIn },
        };
        var milliseconds = timeout < TimeSpan.Zero ? -1 : (int)Math.Min(Math.Ceiling(timeout.TotalMilliseconds), int.MaxValue);
        var begin = TimeProvider.System.GetTimestamp();
        var ready = 0;
        while (_isLively && ready == 0 && TimeProvider.System.GetElapsedTime(begin) < LivelyWait)
        {
            ready = Libc.Poll(descriptors, 2, 0);
        }

        if (ready == 0)
        {
            ready = Libc.Poll(descriptors, 2, milliseconds);
        }

        if (ready < 0 && Marshal.GetLastPInvokeError() != Errno.Interrupted)
        {
            throw Libc.Fault("poll");
        }

        _isLively = CanBeLively && TimeProvider.System.GetElapsedTime(begin) < 2 * LivelyWait;

        if (descriptors[1].ReturnedEvents != 0)
        {
            _wakeUp.Take();
        }
    }

    private void NoteOverflow()
    {
        var items = stackalloc uint[MemoryInfoItems];
        uint size = MemoryInfoItems * sizeof(uint);
        if (Libc.GetSocketOption(_descriptor, Libc.SolSocket, Libc.SoMemoryInfo, items, &size) == 0 && size > DropsInMemoryInfo * sizeof(uint))
        {
            _overflowed += (uint)(items[DropsInMemoryInfo] - (uint)_overflowed);
        }
    }
}
