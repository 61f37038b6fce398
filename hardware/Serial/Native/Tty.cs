using System.Runtime.InteropServices;

namespace Edge.Serial.Native;

/// <summary>The system calls of a terminal line. Numbers are those of Linux on x64 and arm64.</summary>
internal static unsafe partial class Tty
{
    public const int ReadWrite = 0x2;
    public const int NoControllingTerminal = 0x100;
    public const int NonBlock = 0x800;
    public const int CloseOnExec = 0x80000;

    public const int LockExclusive = 2;
    public const int LockNonBlocking = 4;

    /// <summary>TCGETS2 and TCSETS2: settings with the baud rate as a number, so that any will do.</summary>
    public const nuint GetSettings = 0x802C542A;
    public const nuint SetSettings = 0x402C542B;

    /// <summary>TCFLSH, with what to throw away.</summary>
    public const nuint Flush = 0x540B;
    public const nint FlushOutput = 1;
    public const nint FlushBoth = 2;

    /// <summary>TIOCEXCL: nobody but root may open it a second time.</summary>
    public const nuint Exclusive = 0x540C;

    /// <summary>TIOCGICOUNT: what the driver counted.</summary>
    public const nuint GetErrorCounts = 0x545D;

    /// <summary>TIOCSPTLCK, with 0 to let others open the line of a pseudo-terminal, and TIOCGPTN, which gives its number.</summary>
    public const nuint SetLock = 0x40045431;
    public const nuint GetNumber = 0x80045430;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(int descriptor, int operation);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(int descriptor, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(int descriptor, nuint request, nint argument);
}
