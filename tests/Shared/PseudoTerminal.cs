using System.Runtime.InteropServices;
using System.Text;

namespace Edge.Testing;

/// <summary>A serial device that a test plays: a pseudo-terminal whose other end is opened by the program under test.</summary>
internal sealed class PseudoTerminal : IDisposable
{
    private const int ReadWrite = 0x2;
    private const int NoControllingTerminal = 0x100;
    private const int CloseOnExec = 0x80000;
    private const int SizeOfSettings = 128;
    private const int Interrupted = 4;
    private const short PollIn = 1;
    private const short PollHangUp = 0x10;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly int _device;
    private readonly int _held;
    private bool _isDisposed;

    public PseudoTerminal()
    {
        _device = Check(posix_openpt(ReadWrite | NoControllingTerminal | CloseOnExec));
        Check(grantpt(_device));
        Check(unlockpt(_device));
        var name = new byte[64];
        Check(ptsname_r(_device, name, name.Length));
        Path = Encoding.ASCII.GetString(name).TrimEnd('\0');

        // As a device on a wire: it echoes nothing, and does not mind whether anybody listens.
        var settings = new byte[SizeOfSettings];
        Check(tcgetattr(_device, settings));
        cfmakeraw(settings);
        Check(tcsetattr(_device, 0, settings));
        _held = Check(open(Path, ReadWrite | NoControllingTerminal | CloseOnExec));
    }

    /// <summary>Path of the end that the program opens.</summary>
    public string Path { get; }

    /// <summary>Sends octets to the program.</summary>
    public void Write(ReadOnlySpan<byte> octets)
    {
        for (var rest = octets.ToArray(); rest.Length > 0;)
        {
            rest = rest[Again(() => (int)write(_device, rest, rest.Length))..];
        }
    }

    /// <summary>Waits for so many octets of the program.</summary>
    public byte[] Read(int count)
    {
        var octets = new List<byte>();
        while (octets.Count < count)
        {
            if (!HasOctets(Limit))
            {
                throw new TimeoutException($"Only {octets.Count} of {count} octets came: {Convert.ToHexString([.. octets])}");
            }

            var buffer = new byte[count - octets.Count];
            octets.AddRange(buffer.AsSpan(0, Again(() => (int)read(_device, buffer, buffer.Length))));
        }

        return [.. octets];
    }

    /// <summary>Whether octets of the program are there, or come in time.</summary>
    public bool HasOctets(TimeSpan limit)
    {
        var descriptor = new PollDescriptor { Descriptor = _device, Events = PollIn };
        return Again(() => poll(ref descriptor, 1, (int)limit.TotalMilliseconds)) > 0 && (descriptor.ReturnedEvents & PollHangUp) == 0;
    }

    /// <summary>Pulls it out.</summary>
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            Check(close(_held));
            Check(close(_device));
        }
    }

    // A signal interrupts a call that waits: a child process that ends, say.
    private static int Again(Func<int> call)
    {
        int result;
        do
        {
            result = call();
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == Interrupted);

        return Check(result);
    }

    private static int Check(int result) =>
        result >= 0 ? result : throw new IOException($"The pseudo-terminal failed: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short ReturnedEvents;
    }

#pragma warning disable SYSLIB1054 // LibraryImport would ask for unsafe code in every test project.
    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int posix_openpt(int flags);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int grantpt(int descriptor);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int unlockpt(int descriptor);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ptsname_r(int descriptor, byte[] name, nint size);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int tcgetattr(int descriptor, byte[] settings);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int tcsetattr(int descriptor, int when, byte[] settings);

    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void cfmakeraw(byte[] settings);

    [DllImport("libc", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int open(string path, int flags);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint read(int descriptor, byte[] buffer, nint size);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint write(int descriptor, byte[] buffer, nint size);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int poll(ref PollDescriptor descriptors, nint count, int milliseconds);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int close(int descriptor);
#pragma warning restore SYSLIB1054
}
