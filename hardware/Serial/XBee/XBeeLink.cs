using System.Buffers.Binary;
using Edge.Messaging.Wire;
using Edge.Serial.Ports;
using Edge.Transports;
using Microsoft.Extensions.Logging;

namespace Edge.Serial.XBee;

/// <summary>Datagrams with many nodes behind a Digi XBee radio in API mode; a node's address is that of its radio.</summary>
/// <remarks>
/// What is sent to the line itself, and to no radio, goes to all radios in reach. Radios of 802.15.4 have frames of their own to transmit. Which ones this radio speaks is seen from what it receives, since it answers nobody
/// who was not heard.
/// </remarks>
public sealed class XBeeLink : FramedLink
{
    /// <summary>The addresses of a sender before the data, and the type.</summary>
    private const int LargestReceiveHeader = 12;
    private const ushort HighAddress = ('S' << 8) | 'H';
    private const ushort LowAddress = ('S' << 8) | 'L';
    private const byte QueryId = 1;

    /// <summary>A radio that is asked for its address answers within milliseconds.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    private readonly string _name;
    private readonly int _baud;
    private readonly XBeeApiMode _mode;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly byte[] _frame;
    private readonly (bool IsAwaited, ulong Destination)[] _transmitted = new (bool, ulong)[byte.MaxValue + 1];
    private byte _lastId;
    private bool _is802;
    private long _undelivered;
    private long _asked;
    private uint _high;

    /// <summary>A link that has yet to be opened.</summary>
    /// <param name="name">Name of the line.</param>
    /// <param name="port">The device.</param>
    /// <param name="mode">The radio's setting AP.</param>
    /// <param name="largest">Octets of the longest message taken in or sent; the radio's NP says how much it carries.</param>
    /// <param name="clock">Measures waits.</param>
    /// <param name="logger">Where it speaks.</param>
    public XBeeLink(string name, SerialPortOptions port, XBeeApiMode mode, int largest, TimeProvider clock, ILogger<XBeeLink> logger)
        : base(name, port, new XBeeFramer(mode, largest + LargestReceiveHeader), largest, XBeeTransmit.LargestHeader, clock, logger)
    {
        ArgumentNullException.ThrowIfNull(port);
        (_name, _baud, _mode, _clock, _logger) = (name, port.Baud, mode, clock, logger);
        _frame = new byte[largest + XBeeTransmit.LargestHeader];
    }

    /// <inheritdoc/>
    public override SerialStatus Status => base.Status with { FramesUndelivered = Volatile.Read(ref _undelivered) };

    /// <inheritdoc/>
    public override int Receive(TimeSpan timeout)
    {
        var count = base.Receive(timeout);
        if (_asked != 0 && _clock.GetElapsedTime(_asked) > AnswerLimit)
        {
            _asked = 0;
            _logger.RadioIsSilent(_name, (int)_mode, _baud);
        }

        return count;
    }

    private protected override void OnOpened()
    {
        foreach (ref var transmitted in _transmitted.AsSpan())
        {
            Forget(ref transmitted);
        }

        _asked = _clock.GetTimestamp();
        Ask(HighAddress);
        Ask(LowAddress);
        Flush();
    }

    private protected override void OnFrame(ReadOnlySpan<byte> frame)
    {
        var body = new WireReader(frame);
        var type = (XBeeFrameType)body.ReadByte();
        switch (type)
        {
            case XBeeFrameType.Receive or XBeeFrameType.Receive64 or XBeeFrameType.Receive16
                when XBeeReceived.TryParse(type, ref body, out var received, out _):
                _is802 = type != XBeeFrameType.Receive;
                Receive(LinkAddress.OfRadio(received.Source, _name), received.Data);
                break;
            case XBeeFrameType.TransmitStatus or XBeeFrameType.Status802 when XBeeTransmitStatus.TryParse(type, ref body, out var status, out _):
                OnTransmitted(status);
                break;
            case XBeeFrameType.ModemStatus when XBeeModemStatus.TryParse(ref body, out var status, out _):
                _logger.RadioSays(_name, status.Words);
                break;
            case XBeeFrameType.AtResponse when XBeeAtResponse.TryParse(ref body, out var response, out _):
                OnAnswered(response);
                break;
            default:
                _logger.RadioFrameIgnored(_name, (byte)type, frame.Length);
                break;
        }
    }

    private protected override void Send(LinkAddress receiver, ReadOnlySpan<byte> datagram)
    {
        var destination = receiver.TryGetRadio(out var radio) ? radio : XBeeAddress.Broadcast;
        _lastId = (byte)((_lastId % byte.MaxValue) + 1);
        var transmit = new XBeeTransmit(_lastId, destination, datagram, _is802);
        transmit.Write(_frame);
        if (TrySend(_frame.AsSpan(0, transmit.Size)))
        {
            Forget(ref _transmitted[_lastId]);
            _transmitted[_lastId] = (true, destination);
        }
    }

    /// <summary>A radio tells of each frame what became of it; one that did not by now never will.</summary>
    private void Forget(ref (bool IsAwaited, ulong Destination) transmitted)
    {
        _undelivered += transmitted.IsAwaited ? 1 : 0;
        transmitted = default;
    }

    private void OnTransmitted(XBeeTransmitStatus status)
    {
        var (isAwaited, destination) = _transmitted[status.FrameId];
        if (!isAwaited)
        {
            return;
        }

        _transmitted[status.FrameId] = default;
        if (status.Status != 0)
        {
            _undelivered++;
            _logger.NotDelivered(_name, destination, status.Reason);
        }
    }

    private void Ask(ushort command) =>
        TrySend([(byte)XBeeFrameType.AtCommand, QueryId, (byte)(command >> 8), (byte)command]);

    private void OnAnswered(in XBeeAtResponse response)
    {
        if (response is not { FrameId: QueryId, Status: 0, Value.Length: sizeof(uint) })
        {
            return;
        }

        var value = BinaryPrimitives.ReadUInt32BigEndian(response.Value);
        if (response.Command == HighAddress)
        {
            _high = value;
        }
        else if (response.Command == LowAddress)
        {
            _asked = 0;
            _logger.RadioAnswers(_name, ((ulong)_high << 32) | value);
        }
    }
}
