using System.Runtime.InteropServices;

namespace Edge.Transports.Native;

/// <summary>The system calls that .NET does not offer.</summary>
internal static unsafe partial class Libc
{
    public const int MsgTrunc = 0x20;
    public const int MsgDontWait = 0x40;
    public const short PollIn = 1;
    public const int SolSocket = 1;
    public const int SoReceiveBufferForce = 33;
    public const int SoMemoryInfo = 55;
    private const int EfdNonBlock = 0x800;
    private const int EfdCloseOnExec = 0x80000;

    /// <summary>An event that <c>poll</c> can wait for together with a socket.</summary>
    public static SafeEventHandle NewEvent()
    {
        var descriptor = EventFd(0, EfdNonBlock | EfdCloseOnExec);
        return descriptor >= 0 ? new SafeEventHandle(descriptor) : throw Fault("eventfd");
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

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeEventHandle descriptor, void* buffer, nuint size);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeEventHandle descriptor, void* buffer, nuint size);

    [LibraryImport("libc", EntryPoint = "close")]
    internal static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint value, int flags);
}
