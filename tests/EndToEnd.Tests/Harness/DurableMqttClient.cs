using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Edge.EndToEnd.Tests.Harness;

/// <summary>
/// An MQTT 3.1.1 client written for these tests, octet by octet. Its session outlives its connections: it connects again until it is
/// disposed, sends again what was not acknowledged, and takes in a QoS 2 message once.
/// </summary>
internal sealed class DurableMqttClient(string clientId, int port, params (string Filter, int Qos)[] subscriptions) : INumberedPublisher
{
    private const int Window = 20;
    private const int PublishType = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _disposed = new();
    private readonly TaskCompletionSource _subscribed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _room = new(Window);
    private readonly SemaphoreSlim _turn = new(1);
    private readonly OrderedDictionary<ushort, Outgoing> _outgoing = [];
    private readonly HashSet<ushort> _received = [];
    private TaskCompletionSource _present = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TcpClient? _tcp;
    private Stream? _stream;
    private Task _running = Task.CompletedTask;
    private ushort _lastPacketId;

    /// <summary>Messages received, those of QoS 2 once each.</summary>
    public Journal<ReceivedMessage> Received { get; } = new();

    /// <summary>How often it was let in.</summary>
    public int Connections { get; private set; }

    /// <inheritdoc/>
    public Journal<string> Acknowledged { get; init; } = new();

    /// <summary>Connects, and waits until its subscriptions are granted.</summary>
    public async Task StartAsync()
    {
        Return();
        _running = RunAsync();
        await await Task.WhenAny(_subscribed.Task, _running).OrFailAsync($"Subscriptions of {clientId}");
    }

    /// <summary>Ends the connection as a crash would, and stays away until <see cref="Return"/>.</summary>
    public void Leave()
    {
        if (_present.Task.IsCompleted)
        {
            _present = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _tcp?.Dispose();
        }
    }

    /// <summary>Connects again after <see cref="Leave"/>.</summary>
    public void Return() => _present.TrySetResult();

    /// <inheritdoc/>
    public Task SendAsync(string topic, string payload, int qos) => SendAsync(topic, payload, qos, retain: false);

    /// <inheritdoc cref="SendAsync(string, string, int)"/>
    public async Task SendAsync(string topic, string payload, int qos, bool retain)
    {
        await _room.WaitAsync(_disposed.Token).OrFailAsync($"Acknowledgements for {clientId}");
        await ExclusivelyAsync(() =>
        {
            do
            {
                _lastPacketId++;
            }
            while (_lastPacketId == 0 || _outgoing.ContainsKey(_lastPacketId));

            var outgoing = new Outgoing(payload, Publish(topic, payload, qos, retain, _lastPacketId));
            _outgoing.Add(_lastPacketId, outgoing);
            return WriteAsync(outgoing.Packet);
        });
    }

    /// <summary>Ends the connection as a crash would; the session stays with the server.</summary>
    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync();
        await _running;
    }

    private async Task RunAsync()
    {
        using var pause = new PeriodicTimer(Pause);
        while (!_disposed.IsCancellationRequested)
        {
            try
            {
                using var tcp = _tcp = new TcpClient { NoDelay = true };
                await _present.Task.WaitAsync(_disposed.Token);
                await tcp.ConnectAsync(IPAddress.Loopback, port, _disposed.Token);
                await ConverseAsync(tcp.GetStream());
            }
            catch (Exception end) when (end is IOException or SocketException || !_present.Task.IsCompleted)
            {
                await pause.WaitForNextTickAsync(CancellationToken.None); // Whoever we talked to was killed, or we left: that is what the tests are about.
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task ConverseAsync(Stream stream)
    {
        var input = new BufferedStream(stream);
        await stream.WriteAsync(Connect(), _disposed.Token);
        var (_, connAck) = await ReadPacketAsync(input);
        if (connAck[1] != 0)
        {
            throw new InvalidOperationException($"{clientId} was refused with {connAck[1]}.");
        }

        if (connAck[0] != 1 && Connections > 0)
        {
            throw new InvalidOperationException($"The session of {clientId} was lost.");
        }

        Connections++;
        await ExclusivelyAsync(() => ResumeAsync(stream));
        try
        {
            while (true)
            {
                var (header, body) = await ReadPacketAsync(input);
                await ExclusivelyAsync(() => OnPacketAsync(header, body));
            }
        }
        finally
        {
            _stream = null;
        }
    }

    /// <summary>Sends again what was left open, in the order in which it was first sent ([MQTT-4.4.0-1], [MQTT-4.6.0-1]).</summary>
    private async Task ResumeAsync(Stream stream)
    {
        _stream = stream;
        if (subscriptions is [])
        {
            _subscribed.TrySetResult();
        }
        else if (!_subscribed.Task.IsCompleted)
        {
            await WriteAsync(Subscribe());
        }

        foreach (var (packetId, outgoing) in _outgoing)
        {
            await WriteAsync(outgoing.IsReceived ? PubRel(packetId) : outgoing.AsDuplicate());
        }
    }

    private Task OnPacketAsync(byte header, byte[] body) => (header >> 4) switch
    {
        PublishType => OnPublishAsync(header, body),
        4 => OnDoneAsync(PacketId(body)), // PUBACK
        5 => OnPubRecAsync(PacketId(body)),
        6 => OnPubRelAsync(PacketId(body)),
        7 => OnDoneAsync(PacketId(body)), // PUBCOMP
        9 => OnSubAckAsync(body),
        _ => throw new InvalidOperationException($"{clientId} got a packet it did not expect: {header:X2}{Convert.ToHexString(body)}"),
    };

    private async Task OnPublishAsync(byte header, byte[] body)
    {
        var qos = (header >> 1) & 0b11;
        var topicEnd = 2 + PacketId(body);
        var payloadStart = topicEnd + (qos > 0 ? 2 : 0);
        var packetId = qos > 0 ? PacketId(body.AsSpan(topicEnd)) : (ushort)0;
        if (qos < 2 || _received.Add(packetId))
        {
            Received.Add(new ReceivedMessage(Encoding.UTF8.GetString(body.AsSpan(2..topicEnd)), body[payloadStart..], qos, (header & 1) != 0));
        }

        if (qos > 0)
        {
            await WriteAsync(Acknowledge(qos == 1 ? 0x40 : 0x50, packetId));
        }
    }

    private Task OnPubRelAsync(ushort packetId)
    {
        _received.Remove(packetId);
        return WriteAsync(Acknowledge(0x70, packetId));
    }

    private Task OnPubRecAsync(ushort packetId)
    {
        if (_outgoing.TryGetValue(packetId, out var outgoing) && !outgoing.IsReceived)
        {
            outgoing.IsReceived = true;
            Acknowledged.Add(outgoing.Payload);
        }

        return WriteAsync(PubRel(packetId));
    }

    private Task OnDoneAsync(ushort packetId)
    {
        if (_outgoing.Remove(packetId, out var outgoing))
        {
            if (!outgoing.IsReceived)
            {
                Acknowledged.Add(outgoing.Payload);
            }

            _room.Release();
        }

        return Task.CompletedTask;
    }

    private Task OnSubAckAsync(byte[] body)
    {
        if (body.AsSpan(2).Contains((byte)0x80))
        {
            throw new InvalidOperationException($"A subscription of {clientId} was refused.");
        }

        _subscribed.TrySetResult();
        return Task.CompletedTask;
    }

    /// <summary>Runs one step at a time: state and stream have one user.</summary>
    private async Task ExclusivelyAsync(Func<Task> step)
    {
        await _turn.WaitAsync(_disposed.Token);
        try
        {
            await step();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Writes if there is a connection; where it breaks, the reading side notices and connects again.</summary>
    private async Task WriteAsync(byte[] packet)
    {
        try
        {
            await (_stream?.WriteAsync(packet, _disposed.Token) ?? ValueTask.CompletedTask);
        }
        catch (Exception end) when (end is IOException or ObjectDisposedException)
        {
            _stream = null;
        }
    }

    private async Task<(byte Header, byte[] Body)> ReadPacketAsync(BufferedStream input)
    {
        var header = await ReadByteAsync(input);
        var length = 0;
        for (int shift = 0, octet = 0x80; (octet & 0x80) != 0; shift += 7)
        {
            octet = await ReadByteAsync(input);
            length |= (octet & 0x7F) << shift;
        }

        var body = new byte[length];
        await input.ReadExactlyAsync(body, _disposed.Token);
        return (header, body);
    }

    private async Task<byte> ReadByteAsync(BufferedStream input)
    {
        var octet = new byte[1];
        await input.ReadExactlyAsync(octet, _disposed.Token);
        return octet[0];
    }

    private byte[] Connect() => Packet(0x10, [.. Text("MQTT"), 4, 0, 0, 0, .. Text(clientId)]);

    private byte[] Subscribe() =>
        Packet(0x82, [0xFF, 0xFF, .. subscriptions.SelectMany(wanted => (byte[])[.. Text(wanted.Filter), (byte)wanted.Qos])]);

    private static byte[] Publish(string topic, string payload, int qos, bool retain, ushort packetId) =>
        Packet((PublishType << 4) | (qos << 1) | (retain ? 1 : 0), [.. Text(topic), .. Octets(packetId), .. Encoding.UTF8.GetBytes(payload)]);

    private static byte[] PubRel(ushort packetId) => Acknowledge(0x62, packetId);

    private static byte[] Acknowledge(int header, ushort packetId) => Packet(header, Octets(packetId));

    private static byte[] Packet(int header, byte[] body)
    {
        var length = new List<byte>();
        var rest = body.Length;
        do
        {
            length.Add((byte)((rest % 128) | (rest >= 128 ? 0x80 : 0)));
            rest /= 128;
        }
        while (rest > 0);

        return [(byte)header, .. length, .. body];
    }

    private static byte[] Text(string text) => [.. Octets((ushort)Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];

    private static byte[] Octets(ushort value) => [(byte)(value >> 8), (byte)value];

    private static ushort PacketId(ReadOnlySpan<byte> octets) => BinaryPrimitives.ReadUInt16BigEndian(octets);

    /// <summary>A message on its way out.</summary>
    private sealed class Outgoing(string payload, byte[] packet)
    {
        public string Payload => payload;

        public byte[] Packet => packet;

        /// <summary>Whether PUBREC came: from then on only PUBREL is sent.</summary>
        public bool IsReceived { get; set; }

        public byte[] AsDuplicate() => [(byte)(packet[0] | 0x08), .. packet[1..]];
    }
}
