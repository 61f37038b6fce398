using Edge.Serial.Framing;
using Edge.Serial.Ports;
using Edge.Transports;
using Microsoft.Extensions.Logging;

namespace Edge.Serial;

/// <summary>Datagrams over a serial line. What cannot be sent because the device is away or the line too slow is dropped and counted.</summary>
public abstract class FramedLink : IDatagramLink
{
    private readonly FramedLine _line;
    private readonly SerialBatch _batch = new();
    private readonly int _largest;
    private byte[] _draft;
    private LinkAddress _receiver;
    private int _draftSize = -1;
    private long _openings;

    private protected FramedLink(string name, SerialPortOptions port, IFramer framer, int largest, int overhead, TimeProvider clock, ILogger logger)
    {
        Local = LinkAddress.OfDevice(name);
        _largest = largest;
        _draft = new byte[largest];
        _line = new FramedLine(new SerialLine(name, port, framer.LargestOnLine(largest + overhead), clock, logger), framer, clock, OnFrame);
    }

    /// <inheritdoc/>
    public LinkAddress Local { get; }

    /// <summary>How the line is now. From any thread.</summary>
    public virtual SerialStatus Status => _line.Status;

    /// <inheritdoc/>
    public LinkCounters Counters => Status is var status
        ? new LinkCounters(status.FramesReceived, status.FramesSent, 0, status.Errors.Overrun, status.FramesNotSent, status.FramesUndelivered)
        : default;

    /// <inheritdoc/>
    public virtual int Receive(TimeSpan timeout)
    {
        _batch.Clear();
        _line.Receive(timeout);
        if (_line.Openings != _openings)
        {
            _openings = _line.Openings;
            OnOpened();
        }

        return _batch.Count;
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Datagram(int index) => _batch[index];

    /// <inheritdoc/>
    public LinkAddress Sender(int index) => _batch.Sender(index);

    /// <inheritdoc/>
    public Span<byte> Enqueue(LinkAddress receiver, int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, ushort.MaxValue);
        SendDraft();
        _draft = _draft.Length < size ? new byte[size] : _draft;
        (_receiver, _draftSize) = (receiver, size);
        return _draft.AsSpan(0, size);
    }

    /// <inheritdoc/>
    public void Flush()
    {
        SendDraft();
        _line.Flush();
    }

    /// <inheritdoc/>
    public void Wake() => _line.Wake();

    /// <inheritdoc/>
    public void Dispose()
    {
        _line.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The device was opened, or opened again.</summary>
    private protected virtual void OnOpened()
    {
    }

    /// <summary>Deals with a frame that came.</summary>
    private protected abstract void OnFrame(ReadOnlySpan<byte> frame);

    /// <summary>Sends one datagram by <see cref="TrySend"/>.</summary>
    private protected abstract void Send(LinkAddress receiver, ReadOnlySpan<byte> datagram);

    /// <summary>Adds a datagram to those received.</summary>
    private protected void Receive(LinkAddress sender, ReadOnlySpan<byte> datagram) => _batch.Add(sender, datagram);

    /// <inheritdoc cref="FramedLine.TrySend"/>
    private protected bool TrySend(ReadOnlySpan<byte> frame) => _line.TrySend(frame);

    private void SendDraft()
    {
        if (_draftSize > _largest)
        {
            _line.CountNotSent();
        }
        else if (_draftSize >= 0)
        {
            Send(_receiver, _draft.AsSpan(0, _draftSize));
        }

        _draftSize = -1;
    }
}
