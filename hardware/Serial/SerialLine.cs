using System.Runtime.InteropServices;
using Edge.Serial.Ports;
using Edge.Transports.Native;
using Microsoft.Extensions.Logging;

namespace Edge.Serial;

/// <summary>A serial port that comes back: octets in and out while the device is there, and a look for it while it is not.</summary>
/// <remarks>
/// One loop owns it. <see cref="Wake"/> and <see cref="Status"/> may be used from any thread, the others from one at a time. Nothing that
/// happens to the device throws. The path is looked up at every opening, so a symbolic link may lead to another device each time.
/// </remarks>
internal sealed unsafe class SerialLine : IDisposable
{
    private const short PollOut = 4;

    /// <summary>Octets that may wait for a slow line, unless it carries more in a second.</summary>
    private const int LeastOutgoing = 4_096;

    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private readonly SerialPortOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly WakeUp _wakeUp;
    private readonly OutgoingFrames _outgoing;
    private SerialPort? _port;

    private TimeSpan _wait = FirstWait;
    private long _lastAttempt;
    private TimeSpan _untilNext;
    private string? _reported;

    private SerialErrors _errorsAtOpening;
    private SerialErrors _earlierErrors;
    private volatile SerialStatus _status;
    private long _octetsReceived;
    private long _octetsSent;
    private long _framesSent;
    private long _framesNotSent;

    /// <summary>A line that has yet to be opened, which <see cref="Receive"/> does.</summary>
    /// <param name="name">What it is called in logs.</param>
    /// <param name="options">The device.</param>
    /// <param name="largestFrame">Most octets of one frame on the line.</param>
    /// <param name="clock">Measures waits.</param>
    /// <param name="logger">Where it speaks.</param>
    /// <exception cref="PlatformNotSupportedException">This is not 64-bit Linux.</exception>
    public SerialLine(string name, SerialPortOptions options, int largestFrame, TimeProvider clock, ILogger logger)
    {
        Libc.EnsureSupported("A serial line");
        (_options, _clock, _logger) = (options, clock, logger);
        _outgoing = new OutgoingFrames(Math.Max(LeastOutgoing, options.Baud / 10) + largestFrame);
        _status = new SerialStatus { Name = name, Since = clock.GetUtcNow() };
        _wakeUp = new WakeUp();
    }

    /// <summary>How often it was opened.</summary>
    public long Openings => _status.Openings;

    /// <summary>Whether what is received first after an opening may be the rest of something.</summary>
    public bool MayBeWithin => _port is { IsPseudoTerminal: false };

    /// <summary>How it is now.</summary>
    public SerialStatus Status => _status with
    {
        OctetsReceived = Volatile.Read(ref _octetsReceived),
        OctetsSent = Volatile.Read(ref _octetsSent),
        FramesSent = Volatile.Read(ref _framesSent),
        FramesNotSent = Volatile.Read(ref _framesNotSent),
    };

    /// <summary>Takes in what has come, or waits until something comes, the time is up, or somebody calls <see cref="Wake"/>. Meanwhile it sends.</summary>
    /// <param name="octets">Where received octets go.</param>
    /// <param name="timeout">Longest wait; <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <returns>How many octets, 0 and up.</returns>
    public int Receive(Span<byte> octets, TimeSpan timeout)
    {
        ObjectDisposedException.ThrowIf(_wakeUp.IsClosed, this);
        if (_port is null && !TryOpen(out var untilNext))
        {
            Wait(timeout < TimeSpan.Zero || timeout > untilNext ? untilNext : timeout);
            return 0;
        }

        var count = ReadNow(octets);
        if (count == 0 && _port is not null)
        {
            Flush();
            NoteErrors();
            var isHungUp = Wait(timeout);
            count = ReadNow(octets);
            if (count == 0 && isHungUp && _port is not null)
            {
                Close();
            }
        }

        return count;
    }

    /// <summary>Room for one frame to send; empty when it has to be given up, which is counted.</summary>
    public Span<byte> Room(int size)
    {
        var room = _port is null ? default : _outgoing.Room(size);
        _framesNotSent += room.IsEmpty ? 1 : 0;
        return room;
    }

    /// <summary>Sends what was written to the room: with <see cref="Flush"/>, or while receiving.</summary>
    public void Add(int length) => _outgoing.Add(length);

    /// <summary>Counts a frame that is given up.</summary>
    public void CountNotSent() => _framesNotSent++;

    /// <summary>Hands over as much as the driver takes now; the rest goes out while receiving.</summary>
    public void Flush()
    {
        while (_port is { } port && _outgoing.Waiting is { Length: > 0 } waiting)
        {
            var count = port.Write(waiting);
            if (count == SerialPort.Gone)
            {
                Close();
            }
            else if (count == 0)
            {
                return;
            }
            else
            {
                _octetsSent += count;
                _framesSent += _outgoing.Take(count);
            }
        }
    }

    /// <summary>Has <see cref="Receive"/> return soon. Harmless once it is closed.</summary>
    public void Wake() => _wakeUp.Ask();

    /// <summary>Closes the port for good. Call it when the loop has ended.</summary>
    public void Dispose()
    {
        _wakeUp.Dispose();
        _port?.Dispose();
    }

    private bool TryOpen(out TimeSpan untilNext)
    {
        untilNext = _lastAttempt == 0 ? TimeSpan.Zero : _untilNext - _clock.GetElapsedTime(_lastAttempt);
        if (untilNext > TimeSpan.Zero)
        {
            return false;
        }

        try
        {
            _port = SerialPort.Open(_options);
            OnOpened(_port);
            return true;
        }
        catch (SerialPortException fault)
        {
            Report(fault.Message);
            untilNext = WaitForNext();
            return false;
        }
    }

    private void OnOpened(SerialPort port)
    {
        var away = _clock.GetUtcNow() - _status.Since;
        if (_status.Openings == 0)
        {
            _logger.Opened(_status.Name, _options.Device, port.Target, _options.Baud);
        }
        else
        {
            _logger.OpenedAgain(_status.Name, away.TotalSeconds, _options.Device, port.Target, _options.Baud);
        }

        _reported = null;
        _wait = FirstWait;
        _errorsAtOpening = port.Errors;
        _status = _status with { IsOpen = true, Since = _clock.GetUtcNow(), Openings = _status.Openings + 1 };
    }

    /// <summary>Says a reason once for an outage.</summary>
    private void Report(string reason)
    {
        if (_reported == reason)
        {
            _logger.StillNotOpened(_status.Name, _options.Device, reason);
            return;
        }

        _reported = reason;
        _logger.NotOpened(_status.Name, _options.Device, reason);
    }

    /// <summary>Waits double each time, and are spread at random between half and the whole of what is due.</summary>
    private TimeSpan WaitForNext()
    {
        _untilNext = _wait * (1 - (Random.Shared.NextDouble() / 2));
        _wait = _wait * 2 < LongestWait ? _wait * 2 : LongestWait;
        _lastAttempt = _clock.GetTimestamp();
        return _untilNext;
    }

    private int ReadNow(Span<byte> octets)
    {
        var count = _port?.Read(octets) ?? 0;
        if (count == SerialPort.Gone)
        {
            Close();
            return 0;
        }

        _octetsReceived += count;
        return count;
    }

    private void Close()
    {
        _port?.Dispose();
        _port = null;
        _framesNotSent += _outgoing.Clear();
        _earlierErrors = _status.Errors;
        _status = _status with { IsOpen = false, Since = _clock.GetUtcNow() };
        _logger.Lost(_status.Name, _options.Device);
        _reported = SerialPort.NotThere; // That is what was just said.
        WaitForNext();
    }

    private void NoteErrors()
    {
        if (_port is { } port && _earlierErrors.And(port.Errors.Since(_errorsAtOpening)) is var errors && errors != _status.Errors)
        {
            _status = _status with { Errors = errors };
        }
    }

    /// <returns>Whether the device is gone, or says nothing but errors.</returns>
    private bool Wait(TimeSpan timeout)
    {
        var descriptors = stackalloc PollDescriptor[2];
        descriptors[0] = new PollDescriptor { Descriptor = _wakeUp.Descriptor, Events = Libc.PollIn };
        descriptors[1] = new PollDescriptor
        {
            Descriptor = _port?.Descriptor ?? -1,
            Events = (short)(Libc.PollIn | (_outgoing.Waiting.IsEmpty ? 0 : PollOut)),
        };
        var milliseconds = timeout < TimeSpan.Zero ? -1 : (int)Math.Min(Math.Ceiling(timeout.TotalMilliseconds), int.MaxValue);
        if (Libc.Poll(descriptors, 2, milliseconds) < 0 && Marshal.GetLastPInvokeError() != Errno.Interrupted)
        {
            throw Libc.Fault("poll");
        }

        if (descriptors[0].ReturnedEvents != 0)
        {
            _wakeUp.Take();
        }

        if ((descriptors[1].ReturnedEvents & PollOut) != 0)
        {
            Flush();
        }

        return (descriptors[1].ReturnedEvents & ~(Libc.PollIn | PollOut)) != 0;
    }
}
