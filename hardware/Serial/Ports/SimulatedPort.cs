using System.Globalization;
using System.Runtime.InteropServices;
using Edge.Serial.Native;
using Edge.Transports.Native;

namespace Edge.Serial.Ports;

/// <summary>A serial line whose other end a program plays, for demonstrations and simulated devices. 64-bit Linux.</summary>
public sealed unsafe class SimulatedPort : IDisposable
{
    private const int LookInterval = 100;

    private readonly Lock _reading = new();
    private readonly SafeDescriptor _device;
    private readonly SafeDescriptor _line;
    private volatile bool _isDisposed;

    /// <summary>Makes one; it echoes nothing and changes no octet.</summary>
    /// <exception cref="IOException">The system gives none.</exception>
    public SimulatedPort()
    {
        Libc.EnsureSupported("A pseudo-terminal");
        _device = Open("/dev/ptmx");
        var locked = 0;
        var number = 0u;
        if (Tty.Control(Descriptor(_device), Tty.SetLock, &locked) < 0 || Tty.Control(Descriptor(_device), Tty.GetNumber, &number) < 0)
        {
            _device.Dispose();
            throw NotGiven();
        }

        Path = string.Create(CultureInfo.InvariantCulture, $"/dev/pts/{number}");

        // Held open, so that the line stays there while the other program comes and goes.
        _line = Open(Path);
        TerminalSettings settings;
        _ = Tty.Control(Descriptor(_line), Tty.GetSettings, &settings);
        (settings.Input, settings.Output, settings.Local) = (0, 0, 0);
        _ = Tty.Control(Descriptor(_line), Tty.SetSettings, &settings);
    }

    /// <summary>The device that the other program opens.</summary>
    public string Path { get; }

    /// <summary>Waits for what the other program says.</summary>
    /// <returns>How many octets; 0 when this end is closed.</returns>
    public int Read(Span<byte> octets)
    {
        while (true)
        {
            using var scope = _reading.EnterScope();
            if (_isDisposed)
            {
                return 0;
            }

            var descriptor = new PollDescriptor { Descriptor = Descriptor(_device), Events = Libc.PollIn };
            if (Libc.Poll(&descriptor, 1, LookInterval) <= 0)
            {
                continue;
            }

            fixed (byte* buffer = octets)
            {
                return (int)Math.Max(Libc.Read(_device, buffer, (nuint)octets.Length), 0);
            }
        }
    }

    /// <summary>Says something to the other program.</summary>
    /// <exception cref="IOException">The line takes it no more.</exception>
    public void Write(ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty)
        {
            fixed (byte* buffer = octets)
            {
                var count = (int)Libc.Write(_device, buffer, (nuint)octets.Length);
                octets = octets[(count > 0 ? count : throw new IOException($"{Path} takes nothing more."))..];
            }
        }
    }

    /// <summary>Pulls the line out, as soon as a <see cref="Read"/> under way has ended; nothing else may be under way.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        using var scope = _reading.EnterScope();
        _line.Dispose();
        _device.Dispose();
    }

    private static int Descriptor(SafeDescriptor descriptor) => (int)descriptor.DangerousGetHandle();

    private static SafeDescriptor Open(string path)
    {
        var descriptor = Tty.Open(path, Tty.ReadWrite | Tty.NoControllingTerminal | Tty.CloseOnExec);
        return descriptor >= 0 ? new SafeDescriptor(descriptor) : throw NotGiven();
    }

    private static IOException NotGiven() =>
        new(string.Create(CultureInfo.InvariantCulture, $"The system gives no pseudo-terminal (error {Marshal.GetLastPInvokeError()}); /dev/pts must be mounted."));
}
