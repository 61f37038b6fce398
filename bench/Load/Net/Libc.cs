using System.Runtime.InteropServices;

namespace Edge.Load.Net;

/// <summary>The Linux system calls that .NET does not offer: readiness of many sockets, many datagrams per call, signals.</summary>
internal static unsafe partial class Libc
{
    internal const int EpollAdd = 1;
    internal const int EpollModify = 3;
    internal const int CloseOnExec = 0x80000;
    internal const int NonBlocking = 0x800;
    internal const int MonotonicClock = 1;
    internal const int SigKill = 9;
    internal const int SigTerm = 15;

    internal const int EAgain = 11;
    internal const int EIntr = 4;

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    internal static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    internal static partial int EpollControl(int epoll, int operation, int descriptor, void* change);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    internal static partial int EpollWait(int epoll, void* events, int maxEvents, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "timerfd_create", SetLastError = true)]
    internal static partial int TimerCreate(int clock, int flags);

    [LibraryImport("libc", EntryPoint = "timerfd_settime", SetLastError = true)]
    internal static partial int TimerSetTime(int descriptor, int flags, TimerSpec* value, TimerSpec* old);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(int descriptor, void* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    internal static partial int SendMany(int descriptor, MessageHeader* messages, uint count, int flags);

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    internal static partial int ReceiveMany(int descriptor, MessageHeader* messages, uint count, int flags, void* timeout);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    internal static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int GetLimit(int resource, ulong* softAndHard);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetLimit(int resource, ulong* softAndHard);

    /// <summary>Lets this program, and the servers it starts, open as many descriptors as the system grants: often the default is 1,024.</summary>
    internal static void RaiseDescriptorLimit()
    {
        const int OpenFiles = 7;
        var softAndHard = stackalloc ulong[2];
        Check(GetLimit(OpenFiles, softAndHard), "getrlimit");
        softAndHard[0] = softAndHard[1];
        Check(SetLimit(OpenFiles, softAndHard), "setrlimit");
    }

    /// <summary>Throws when a call reported a failure; otherwise hands its result on.</summary>
    internal static int Check(int result, string call) =>
        result >= 0 ? result : throw new LoadException($"{call}: {Marshal.GetLastPInvokeErrorMessage()}");
}
