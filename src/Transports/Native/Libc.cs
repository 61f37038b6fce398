using System.Runtime.InteropServices;

namespace Edge.Transports.Native;

/// <summary>The system calls that .NET does not offer.</summary>
internal static unsafe partial class Libc
{
    public const int MsgTrunc = 0x20;
    public const int MsgDontWait = 0x40;
    public const int MsgNoSignal = 0x4000;
    public const short PollIn = 1;
    public const int SolSocket = 1;
    public const int SoReuseAddress = 2;
    public const int SoReceiveBufferForce = 33;
    public const int SoMemoryInfo = 55;
    public const int SolIp = 0;
    public const int IpMulticastAll = 49;
    public const int SolIpv6 = 41;
    public const int Ipv6MulticastAll = 29;
    public const int EpollAdd = 1;
    public const int EpollModify = 3;
    private const int SoLinger = 13;
    private const int ResourceFiles = 7;
    private const int DuplicateCloseOnExec = 1030;
    private const int NonBlock = 0x800;
    private const int CloseOnExec = 0x80000;

    /// <summary>Throws where these calls are not there, or structures are laid out otherwise.</summary>
    /// <param name="what">What needs them.</param>
    /// <exception cref="PlatformNotSupportedException">This is not 64-bit Linux.</exception>
    public static void EnsureSupported(string what)
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
        {
            throw new PlatformNotSupportedException($"{what} needs 64-bit Linux.");
        }
    }

    /// <summary>An event that <c>poll</c> can wait for together with a socket.</summary>
    public static SafeDescriptor NewEvent()
    {
        var descriptor = EventFd(0, NonBlock | CloseOnExec);
        return descriptor >= 0 ? new SafeDescriptor(descriptor) : throw Fault("eventfd");
    }

    /// <summary>An <c>epoll</c> instance.</summary>
    public static SafeDescriptor NewEpoll()
    {
        var descriptor = EpollCreate(CloseOnExec);
        return descriptor >= 0 ? new SafeDescriptor(descriptor) : throw Fault("epoll_create1");
    }

    /// <summary>Has an <c>epoll</c> instance look for events of a descriptor.</summary>
    public static void Watch(SafeDescriptor epoll, int operation, int descriptor, EpollEvents events)
    {
        var native = stackalloc byte[EpollEvent.NativeSize];
        new EpollEvent(descriptor, events).Write(native);
        if (EpollControl(epoll, operation, descriptor, native) < 0)
        {
            throw Fault("epoll_ctl");
        }
    }

    /// <summary>Waits for events; there are none when the time is up or a signal came.</summary>
    /// <returns>How many of <paramref name="events"/> were filled in.</returns>
    public static int Wait(SafeDescriptor epoll, Span<EpollEvent> events, int milliseconds)
    {
        var native = stackalloc byte[EpollEvent.AtOnce * EpollEvent.NativeSize];
        var count = EpollWait(epoll, native, EpollEvent.AtOnce, milliseconds);
        if (count < 0 && Marshal.GetLastPInvokeError() != Errno.Interrupted)
        {
            throw Fault("epoll_wait");
        }

        for (var i = 0; i < count; i++)
        {
            events[i] = EpollEvent.Read(native + (i * EpollEvent.NativeSize));
        }

        return Math.Max(count, 0);
    }

    /// <summary>Takes a connection in, as one that never blocks.</summary>
    /// <param name="socket">Socket that listens.</param>
    /// <param name="name">Filled with the address of the other side.</param>
    /// <param name="nameLength">Room for it.</param>
    /// <returns>Its descriptor; negative when there is none.</returns>
    public static int Accept(int socket, byte* name, uint nameLength) => Accept(socket, name, &nameLength, NonBlock | CloseOnExec);

    /// <summary>How many descriptors the process may have at the moment. Their numbers are below.</summary>
    public static ulong DescriptorLimit()
    {
        var limits = stackalloc ulong[2];
        return GetResourceLimit(ResourceFiles, limits) == 0 ? limits[0] : ulong.MaxValue;
    }

    /// <summary>Gives a descriptor the lowest number that is free; it stays what it is when there is none.</summary>
    public static int Renumber(int descriptor)
    {
        var renumbered = ControlFile(descriptor, DuplicateCloseOnExec, 0);
        if (renumbered < 0)
        {
            return descriptor;
        }

        _ = Close(descriptor);
        return renumbered;
    }

    /// <summary>Makes the end of a connection a reset: what has not left by then is given up.</summary>
    public static void ResetWhenClosed(int socket)
    {
        var linger = stackalloc int[2] { 1, 0 };
        _ = SetSocketOption(socket, SolSocket, SoLinger, linger, 2 * sizeof(int));
    }

    /// <summary>What to throw when a call failed that cannot fail but by a fault of this program or a system that lacks it.</summary>
    public static Exception Fault(string call)
    {
        var error = Marshal.GetLastPInvokeError();
        var text = $"{call}: {Marshal.GetPInvokeErrorMessage(error)}";
        return error == Errno.NotImplemented ? new PlatformNotSupportedException(text) : new IOException(text);
    }

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    public static partial int ReceiveMessages(int socket, MessageHeader* messages, uint count, int flags, void* timeout);

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    public static partial int SendMessages(int socket, MessageHeader* messages, uint count, int flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollDescriptor* descriptors, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetSocketOption(int socket, int level, int option, void* value, uint* size);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int socket, byte* buffer, nuint size, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int socket, byte* buffer, nuint size, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeDescriptor descriptor, void* buffer, nuint size);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeDescriptor descriptor, void* buffer, nuint size);

    [LibraryImport("libc", EntryPoint = "close")]
    internal static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    private static partial int Accept(int socket, byte* name, uint* nameLength, int flags);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetSocketOption(int socket, int level, int option, void* value, uint size);

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetResourceLimit(int resource, ulong* limits);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int ControlFile(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int EpollControl(SafeDescriptor epoll, int operation, int descriptor, void* value);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int EpollWait(SafeDescriptor epoll, void* events, int count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint value, int flags);
}
