using System.Globalization;
using System.Runtime.InteropServices;
using Edge.Serial.Native;
using Edge.Transports.Native;

namespace Edge.Serial.Ports;

/// <summary>One open serial port, or a pseudo-terminal: raw octets, nothing blocks. 64-bit Linux.</summary>
/// <remarks>Once <see cref="Read"/> or <see cref="Write"/> said that it is gone, it stays so: close it and open another.</remarks>
internal sealed unsafe class SerialPort : IDisposable
{
    /// <summary>What <see cref="Read"/> and <see cref="Write"/> give when the device was unplugged.</summary>
    public const int Gone = -1;

    /// <summary>Why a device cannot be opened that is not plugged in.</summary>
    public const string NotThere = "is not there; plug it in, or look with `ls -l /dev/serial/by-id` what it is called";

    private const string PseudoTerminals = "/dev/pts/";

    /// <summary>Of what VMIN and VTIME are the places in <c>c_cc</c>.</summary>
    private const int TimePlace = 5;
    private const int MinimumPlace = 6;

    /// <summary>Octets of <c>struct serial_icounter_struct</c>, and of its counts those that are errors.</summary>
    private const int CountsInStructure = 20;
    private const int FrameErrors = 6;
    private const int Overruns = 7;
    private const int ParityErrors = 8;
    private const int BufferOverruns = 10;

    private readonly SafeDescriptor _descriptor;
    private readonly bool _mayBeHeld;

    private SerialPort(SafeDescriptor descriptor, SerialPortOptions options)
    {
        (_descriptor, Target) = (descriptor, TargetOf(options.Device));
        _mayBeHeld = options.FlowControl != FlowControl.None;
    }

    /// <summary>The device that the configured path led to.</summary>
    public string Target { get; }

    /// <summary>Whether a program, and no wire, is on the other side.</summary>
    public bool IsPseudoTerminal => Target.StartsWith(PseudoTerminals, StringComparison.Ordinal);

    /// <summary>For <c>poll</c>.</summary>
    public int Descriptor => (int)_descriptor.DangerousGetHandle();

    /// <summary>Octets that the driver knows were lost or wrong since the system started; 0 where it does not count.</summary>
    public SerialErrors Errors
    {
        get
        {
            var counts = stackalloc int[CountsInStructure];
            return Tty.Control(Descriptor, Tty.GetErrorCounts, counts) < 0
                ? default
                : new SerialErrors(counts[FrameErrors], counts[ParityErrors], counts[Overruns] + counts[BufferOverruns]);
        }
    }

    /// <summary>Opens a port for this program alone, and throws away what was received before.</summary>
    /// <exception cref="SerialPortException">It cannot be opened; the reason says what to do.</exception>
    public static SerialPort Open(SerialPortOptions options)
    {
        Libc.EnsureSupported("A serial port");
        var number = Tty.Open(options.Device, Tty.ReadWrite | Tty.NoControllingTerminal | Tty.NonBlock | Tty.CloseOnExec);
        if (number < 0)
        {
            throw new SerialPortException(WhyNotOpened(Marshal.GetLastPInvokeError()));
        }

        var descriptor = new SafeDescriptor(number);
        try
        {
            var port = new SerialPort(descriptor, options);
            port.Own();
            port.Set(options);
            return port;
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>Takes in what is there.</summary>
    /// <returns>How many octets; 0 when there are none now; <see cref="Gone"/>.</returns>
    public int Read(Span<byte> octets)
    {
        fixed (byte* buffer = octets)
        {
            var count = (int)Libc.Read(_descriptor, buffer, (nuint)octets.Length);
            return count > 0 ? count : count < 0 && IsForNow(Marshal.GetLastPInvokeError()) ? 0 : Gone;
        }
    }

    /// <summary>Hands over as much as the driver takes now.</summary>
    /// <returns>How many octets; <see cref="Gone"/>.</returns>
    public int Write(ReadOnlySpan<byte> octets)
    {
        fixed (byte* buffer = octets)
        {
            var count = (int)Libc.Write(_descriptor, buffer, (nuint)octets.Length);
            return count >= 0 ? count : IsForNow(Marshal.GetLastPInvokeError()) ? 0 : Gone;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_mayBeHeld && !_descriptor.IsClosed)
        {
            // Closing waits up to half a minute for octets that the other side holds back.
            _ = Tty.Control(Descriptor, Tty.Flush, Tty.FlushOutput);
        }

        _descriptor.Dispose();
    }

    private static bool IsForNow(int error) => error is Errno.Again or Errno.Interrupted;

    /// <summary>The device behind symbolic links; it may be gone by now.</summary>
    private static string TargetOf(string device)
    {
        try
        {
            return File.ResolveLinkTarget(device, returnFinalTarget: true)?.FullName ?? device;
        }
        catch (IOException)
        {
            return device;
        }
    }

    /// <summary>Two programs that read one line would each get a part of it.</summary>
    private void Own()
    {
        if (Tty.Lock(Descriptor, Tty.LockExclusive | Tty.LockNonBlocking) < 0)
        {
            throw new SerialPortException(WhyNotOpened(Errno.Busy));
        }

        // That mark stays on a pseudo-terminal until the program on its other side ends, and would lock us out if we were killed.
        if (!IsPseudoTerminal)
        {
            _ = Tty.Control(Descriptor, Tty.Exclusive, 0);
        }
    }

    private void Set(SerialPortOptions options)
    {
        TerminalSettings settings;
        if (Tty.Control(Descriptor, Tty.GetSettings, &settings) < 0)
        {
            throw new SerialPortException(WhyNotOpened(Marshal.GetLastPInvokeError()));
        }

        settings = Raw(options, settings);
        var wanted = (uint)options.Baud;
        if (Tty.Control(Descriptor, Tty.SetSettings, &settings) < 0
            || Tty.Control(Descriptor, Tty.GetSettings, &settings) < 0
            || Math.Abs((long)settings.OutputSpeed - wanted) > wanted / 20)
        {
            throw new SerialPortException(string.Create(
                CultureInfo.InvariantCulture, $"does not do {options.Baud} baud with {options.DataBits} data bits; set what both sides can do"));
        }

        if (!IsPseudoTerminal)
        {
            _ = Tty.Control(Descriptor, Tty.Flush, Tty.FlushBoth);
        }
    }

    /// <summary>As <c>cfmakeraw</c>: no octet has a meaning, and each is there at once. Without HUPCL: closing the port resets no board that hangs on DTR.</summary>
    private static TerminalSettings Raw(SerialPortOptions options, TerminalSettings settings)
    {
        settings.Input = InputFlags.IgnoreBreak | (options.Parity == Parity.None ? 0 : InputFlags.CheckParity | InputFlags.IgnoreParityErrors);
        settings.Output = 0;
        settings.Local = 0;
        settings.Control = ControlFlags.AnySpeed | ControlFlags.Receive | ControlFlags.Local
            | (ControlFlags)((options.DataBits - 5) * (int)ControlFlags.BitsStep)
            | (options.StopBits == 2 ? ControlFlags.TwoStopBits : 0)
            | (options.Parity == Parity.None ? 0 : ControlFlags.Parity)
            | (options.Parity == Parity.Odd ? ControlFlags.OddParity : 0)
            | (options.FlowControl == FlowControl.RtsCts ? ControlFlags.HardwareFlowControl : 0);
        settings.Characters[TimePlace] = 0;
        settings.Characters[MinimumPlace] = 1; // With 0, a read without data and a device that is gone would look the same.
        settings.InputSpeed = settings.OutputSpeed = (uint)options.Baud;
        return settings;
    }

    internal static string WhyNotOpened(int error) => error switch
    {
        Errno.NoSuchFile => NotThere,
        Errno.NotPermitted => "may not be opened by the user who runs the gateway; put that user into the group of the device, most often dialout, which `ls -lL` shows",
        Errno.Busy => "is in use by another program; `fuser` tells which",
        Errno.NotTerminal => "is no serial port; name the device of one",
        Errno.NoDeviceBehind or Errno.NoSuchDevice or Errno.InputOutput => "has no device behind it any more; plug it in",
        _ => $"cannot be opened: {Marshal.GetPInvokeErrorMessage(error)}",
    };
}
