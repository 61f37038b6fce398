using System.Net;
using System.Net.Sockets;

namespace Edge.EndToEnd.Tests.Harness;

/// <summary>
/// A serial device with MQTT-SN nodes behind it: what nodes send to its UDP port goes onto the line, and back, as mqtt-sn-tools' bridge does it. With an XBee
/// radio at the line there may be many nodes, each with an address of its own; without one there is one.
/// </summary>
internal sealed class SerialRelay : IAsyncDisposable
{
    private const byte Start = 0x7E, Escape = 0x7D, Turned = 0x20;
    private const byte Receive = 0x90, Transmit = 0x10, TransmitStatus = 0x8B, AtCommand = 0x08;
    private const byte Encapsulated = 0xFE;
    private const ulong Broadcast = 0xFFFF;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly UdpClient _udp = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly PluggableDevice _device = new();
    private readonly bool _isRadio;
    private readonly CancellationTokenSource _disposed = new();
    private readonly Dictionary<ulong, IPEndPoint> _nodes = [];
    private readonly Lock _lock = new();
    private readonly Task _relaying;
    private PseudoTerminal? _terminal;
    private Task _listening = Task.CompletedTask;
    private volatile bool _isPulled = true;

    /// <summary>A device that is not plugged in.</summary>
    /// <param name="isRadio">Whether it is an XBee radio, in API mode 2.</param>
    public SerialRelay(bool isRadio = false)
    {
        _isRadio = isRadio;
        _relaying = RelayAsync();
    }

    /// <summary>Where nodes send to.</summary>
    public int Port => ((IPEndPoint)_udp.Client.LocalEndPoint!).Port;

    /// <summary>Path of the device.</summary>
    public string Device => _device.Path;

    /// <summary>Plugs it in.</summary>
    public void PlugIn()
    {
        lock (_lock)
        {
            _terminal = _device.PlugIn();
        }

        _isPulled = false;
        _listening = Task.Factory.StartNew(Listen, TaskCreationOptions.LongRunning);
    }

    /// <summary>Pulls it out.</summary>
    public async Task PullOutAsync()
    {
        _isPulled = true;
        await _listening;
        lock (_lock)
        {
            _device.PullOut();
            _terminal = null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync();
        await _relaying;
        await PullOutAsync();
        _device.Dispose();
        _udp.Dispose();
        _disposed.Dispose();
    }

    private async Task RelayAsync()
    {
        while (!_disposed.IsCancellationRequested)
        {
            try
            {
                var datagram = await _udp.ReceiveAsync(_disposed.Token);
                var node = _isRadio ? 0x0013_A200_0000_0000UL | (uint)datagram.RemoteEndPoint.Port : 0;
                lock (_lock)
                {
                    _nodes[node] = datagram.RemoteEndPoint;
                    _terminal?.Write(_isRadio ? ToFrame([Receive, .. Octets(node), 0xFF, 0xFE, 0x01, .. datagram.Buffer]) : datagram.Buffer);
                }
            }
            catch (SocketException)
            {
                // A node is gone.
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void Listen()
    {
        var terminal = _terminal!;
        while (!_isPulled)
        {
            if (!terminal.HasOctets(Look))
            {
                continue;
            }

            if (_isRadio)
            {
                OnFrame(terminal, ReadFrame(terminal));
            }
            else
            {
                var message = ReadMessage(terminal);
                ToNode(0, message[1] == Encapsulated ? [.. message, .. ReadMessage(terminal)] : message);
            }
        }
    }

    private void OnFrame(PseudoTerminal terminal, byte[] frame)
    {
        switch (frame[0])
        {
            case AtCommand:
                terminal.Write(ToFrame([0x88, frame[1], frame[2], frame[3], 0, 0x40, 0x52, 0x11, 0x7E]));
                break;
            case Transmit:
                ToNode(System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(frame.AsSpan(2)), frame[14..]);
                terminal.Write(ToFrame([TransmitStatus, frame[1], 0xFF, 0xFE, 0, 0, 0]));
                break;
            default:
                throw new InvalidOperationException($"The radio does not know {Convert.ToHexString(frame)}.");
        }
    }

    private void ToNode(ulong node, byte[] datagram)
    {
        List<IPEndPoint> receivers;
        lock (_lock)
        {
            receivers = [.. _nodes.Where(known => known.Key == node || node == Broadcast).Select(known => known.Value)];
        }

        receivers.ForEach(receiver => _udp.Send(datagram, receiver));
    }

    private static byte[] ToFrame(byte[] data)
    {
        byte[] frame = [(byte)(data.Length >> 8), (byte)data.Length, .. data, (byte)(0xFF - data.Sum(octet => octet))];
        return [Start, .. frame.SelectMany(octet => octet is Start or Escape or 0x11 or 0x13 ? new[] { Escape, (byte)(octet ^ Turned) } : [octet])];
    }

    private static byte[] ReadFrame(PseudoTerminal terminal)
    {
        Assert.Equal(Start, terminal.Read(1)[0]);
        var length = (Next() << 8) | Next();
        var data = Enumerable.Range(0, length).Select(_ => Next()).ToArray();
        Assert.Equal(0xFF, (byte)(data.Sum(octet => octet) + Next()));
        return data;

        byte Next() => terminal.Read(1)[0] is var octet && octet == Escape ? (byte)(terminal.Read(1)[0] ^ Turned) : octet;
    }

    private static byte[] ReadMessage(PseudoTerminal terminal) => terminal.Read(1)[0] is var length ? [length, .. terminal.Read(length - 1)] : [];

    private static byte[] Octets(ulong value)
    {
        var octets = new byte[sizeof(ulong)];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(octets, value);
        return octets;
    }
}
