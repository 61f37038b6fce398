using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Edge.EndToEnd.Tests.Harness;

/// <summary>An MQTT-SN 1.2 client over UDP, written for these tests octet by octet. It sends again what is not answered (§6.13).</summary>
internal sealed class SnClient : IAsyncDisposable
{
    private const int RetryLimit = 10;
    private const int Remembered = 16;
    private const byte Connack = 0x05, WillTopicReq = 0x06, WillTopic = 0x07, WillMsgReq = 0x08, WillMsg = 0x09;
    private const byte Register = 0x0A, RegAck = 0x0B, Publish = 0x0C, PubAck = 0x0D, PubComp = 0x0E, PubRec = 0x0F, PubRel = 0x10;
    private const byte SubAck = 0x13, UnsubAck = 0x15, PingResp = 0x17, Disconnect = 0x18;

    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(500);

    private readonly string _clientId;
    private int _port;
    private readonly CancellationTokenSource _disposed = new();
    private readonly ConcurrentDictionary<ushort, string> _topics = new();
    private readonly Dictionary<ushort, string> _received = [];
    private readonly Queue<string> _released = [];
    private readonly (LossyAir Up, LossyAir Down)? _air;
    private UdpClient _udp;
    private Task _receiving;
    private volatile Exchange? _exchange;
    private (string Topic, string Message) _will;
    private ushort _lastMsgId;

    /// <summary>A client of a gateway on loopback.</summary>
    /// <param name="port">Where the gateway is.</param>
    /// <param name="clientId">ClientId.</param>
    /// <param name="air">What frames go through on their ways up and down; null for a link that loses nothing.</param>
    /// <param name="localPort">Its own port; 0 for any that is free.</param>
    public SnClient(int port, string clientId, (LossyAir Up, LossyAir Down)? air = null, int localPort = 0)
    {
        _air = air;
        _clientId = clientId;
        _port = port;
        _udp = NewSocket(localPort);
        _receiving = ReceiveAsync(_udp);
    }

    /// <summary>Messages received, those of QoS 2 once each.</summary>
    public Journal<ReceivedMessage> Received { get; } = new();

    /// <summary>Its own port.</summary>
    public int LocalPort => ((IPEndPoint)_udp.Client.LocalEndPoint!).Port;

    /// <summary>QoS −1: publishes without any connection (§6.8).</summary>
    public static async Task PublishUnconnectedAsync(int port, SnTopic topic, string payload)
    {
        using var udp = new UdpClient();
        udp.Connect(IPAddress.Loopback, port);
        await udp.SendAsync(PublishFrame(topic, 0, Encoding.UTF8.GetBytes(payload), flags: 0b11 << 5));
    }

    /// <summary>Says whatever it is to say, in hexadecimal, and does not listen.</summary>
    public static async Task SayAsync(int port, params string[] datagrams)
    {
        using var udp = new UdpClient();
        udp.Connect(IPAddress.Loopback, port);
        foreach (var datagram in datagrams)
        {
            await udp.SendAsync(Convert.FromHexString(datagram));
        }
    }

    /// <summary>CONNECT, with the Will if there is one (§6.2, §6.3).</summary>
    public async Task ConnectAsync(bool cleanSession = true, ushort keepAlive = 60, (string Topic, string Message)? will = null)
    {
        _will = will ?? default;
        var flags = (byte)((will is null ? 0 : 0x08) | (cleanSession ? 0x04 : 0));
        var answer = await ExchangeAsync(Frame(0x04, [flags, 1, .. Octets(keepAlive), .. Encoding.UTF8.GetBytes(_clientId)]), frame => frame[1] == Connack);
        Demand(answer[2], "CONNECT");
    }

    /// <summary>REGISTER (§6.5).</summary>
    public async Task<SnTopic> RegisterAsync(string topic)
    {
        var msgId = NextMsgId();
        var answer = await ExchangeAsync(
            Frame(Register, [0, 0, .. Octets(msgId), .. Encoding.UTF8.GetBytes(topic)]), frame => frame[1] == RegAck && Word(frame, 4) == msgId);
        Demand(answer[6], $"REGISTER of {topic}");
        return SnTopic.Registered(Word(answer, 2));
    }

    /// <inheritdoc cref="PublishAsync(SnTopic, byte[], int, bool)"/>
    public Task PublishAsync(SnTopic topic, string payload, int qos, bool retain = false) =>
        PublishAsync(topic, Encoding.UTF8.GetBytes(payload), qos, retain);

    /// <summary>PUBLISH at QoS 0, 1 or 2; completes when the exchange is over (§6.6).</summary>
    public async Task PublishAsync(SnTopic topic, byte[] payload, int qos, bool retain = false)
    {
        var msgId = qos == 0 ? (ushort)0 : NextMsgId();
        await PublishAsync(topic, payload, qos, msgId, retain);
        if (qos == 2)
        {
            await ReleaseAsync(msgId);
        }
    }

    /// <summary>PUBLISH until PUBACK or PUBREC, under a MsgId that may have been tried before.</summary>
    public async Task PublishAsync(SnTopic topic, byte[] payload, int qos, ushort msgId, bool retain = false)
    {
        var publish = PublishFrame(topic, msgId, payload, (qos << 5) | (retain ? 0x10 : 0));
        if (qos == 0)
        {
            await SendAsync(publish);
            return;
        }

        var answer = await ExchangeAsync(publish, frame => (frame[1] == PubAck && Word(frame, 4) == msgId) || (frame[1] == PubRec && Word(frame, 2) == msgId));
        if (answer[1] == PubAck)
        {
            Demand(answer[6], "PUBLISH");
            Assert.Equal(1, qos);
        }
    }

    /// <summary>PUBREL until PUBCOMP: ends a QoS 2 exchange.</summary>
    public Task ReleaseAsync(ushort msgId) => ExchangeAsync(Frame(PubRel, Octets(msgId)), frame => frame[1] == PubComp && Word(frame, 2) == msgId);

    /// <summary>SUBSCRIBE by filter, wildcards and names of two letters included (§6.9).</summary>
    public async Task SubscribeAsync(string filter, int qos)
    {
        var answer = await SubscribeAsync((byte)((qos << 5) | (filter.Length == 2 ? 0b10 : 0b00)), Encoding.UTF8.GetBytes(filter));
        if (Word(answer, 3) is > 0 and var topicId)
        {
            _topics[topicId] = filter;
        }
    }

    /// <summary>SUBSCRIBE by predefined topic id.</summary>
    public Task SubscribeAsync(SnTopic predefined, int qos) => SubscribeAsync((byte)((qos << 5) | predefined.Type), Octets(predefined.Id));

    /// <summary>UNSUBSCRIBE by filter.</summary>
    public async Task UnsubscribeAsync(string filter)
    {
        var msgId = NextMsgId();
        await ExchangeAsync(Frame(0x14, [0, .. Octets(msgId), .. Encoding.UTF8.GetBytes(filter)]), frame => frame[1] == UnsubAck && Word(frame, 2) == msgId);
    }

    /// <summary>DISCONNECT (§6.12).</summary>
    public Task DisconnectAsync() => ExchangeAsync(Frame(Disconnect, []), frame => frame[1] == Disconnect);

    /// <summary>DISCONNECT with a Duration in seconds: goes to sleep (§6.14).</summary>
    public Task SleepAsync(ushort duration) => ExchangeAsync(Frame(Disconnect, Octets(duration)), frame => frame[1] == Disconnect);

    /// <summary>PINGREQ with the ClientId: receives what waits, until PINGRESP (§6.14).</summary>
    public Task AskAsync() => ExchangeAsync(Frame(0x16, Encoding.UTF8.GetBytes(_clientId)), frame => frame[1] == PingResp);

    /// <summary>Goes on at another address, as a node behind a router may have to.</summary>
    /// <param name="port">Where it finds the gateway from there; null for where it was.</param>
    public async Task MoveAsync(int? port = null)
    {
        _port = port ?? _port;
        var (before, receiving) = (_udp, _receiving);
        _udp = NewSocket();
        _receiving = ReceiveAsync(_udp);
        before.Dispose();
        await receiving;
    }

    /// <summary>Forgets which topics the ids stand for that it knows, as a node that was started anew.</summary>
    public void ForgetTopics() => _topics.Clear();

    /// <summary>Goes without a word, as a node without power does.</summary>
    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync();
        await _receiving;
        _udp.Dispose();
    }

    private async Task<byte[]> SubscribeAsync(byte flags, byte[] topic)
    {
        var msgId = NextMsgId();
        var answer = await ExchangeAsync(Frame(0x12, [flags, .. Octets(msgId), .. topic]), frame => frame[1] == SubAck && Word(frame, 5) == msgId);
        Demand(answer[7], "SUBSCRIBE");
        return answer;
    }

    /// <summary>Sends a request until its answer comes. One at a time, as §6.6 wants of a client.</summary>
    private async Task<byte[]> ExchangeAsync(byte[] request, Func<byte[], bool> answers)
    {
        var exchange = new Exchange(answers);
        _exchange = exchange;
        for (var attempt = 0; attempt <= RetryLimit; attempt++)
        {
            await SendAsync(request);
            try
            {
                return await exchange.Answer.Task.WaitAsync(RetryInterval, TestContext.Current.CancellationToken);
            }
            catch (TimeoutException)
            {
                request = AsDuplicate(request);
            }
        }

        throw new SnException($"{_clientId} had no answer to {Convert.ToHexString(request)}.");
    }

    private async Task SendAsync(byte[] frame)
    {
        foreach (var carried in _air?.Up.Carry([.. frame]) ?? [frame])
        {
            try
            {
                await _udp.SendAsync(carried, _disposed.Token);
            }
            catch (Exception fault) when (fault is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // Nobody listens at the moment, or the address has just changed; the datagram is lost like any other.
            }
        }
    }

    private UdpClient NewSocket(int localPort = 0)
    {
        var udp = new UdpClient(localPort, AddressFamily.InterNetwork);
        udp.Connect(IPAddress.Loopback, _port);
        return udp;
    }

    private async Task ReceiveAsync(UdpClient udp)
    {
        while (!_disposed.IsCancellationRequested && udp == _udp)
        {
            try
            {
                var datagram = await udp.ReceiveAsync(_disposed.Token);
                foreach (var carried in _air?.Down.Carry(datagram.Buffer) ?? [datagram.Buffer])
                {
                    await OnFrameAsync(carried[0] == 1 ? carried[2..] : carried);
                }
            }
            catch (SocketException)
            {
                // ICMP says that nobody listens at the moment.
            }
            catch (Exception fault) when (fault is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private Task OnFrameAsync(byte[] frame)
    {
        switch (frame[1])
        {
            case WillTopicReq:
                return SendAsync(Frame(WillTopic, [0, .. Encoding.UTF8.GetBytes(_will.Topic)]));
            case WillMsgReq:
                return SendAsync(Frame(WillMsg, Encoding.UTF8.GetBytes(_will.Message)));
            case Register:
                _topics[Word(frame, 2)] = Encoding.UTF8.GetString(frame.AsSpan(6));
                return SendAsync(Frame(RegAck, [.. frame[2..6], 0]));
            case Publish:
                return OnPublishAsync(frame);
            case PubRel:
                Release(Word(frame, 2));
                return SendAsync(Frame(PubComp, frame[2..4]));
            case Disconnect when _exchange is { } open && !open.Answers(frame):
                open.Answer.TrySetException(new SnException($"{_clientId} was disconnected."));
                break;
            default:
                _exchange?.TryAnswer(frame);
                break;
        }

        return Task.CompletedTask;
    }

    private Task OnPublishAsync(byte[] frame)
    {
        var (flags, topicId, msgId) = (frame[2], Word(frame, 3), Word(frame, 5));
        var qos = (flags >> 5) & 0b11;
        var topic = (flags & 0b11) switch
        {
            0b00 => _topics.GetValueOrDefault(topicId),
            0b01 => $"predefined {topicId}",
            _ => $"{(char)(topicId >> 8)}{(char)(topicId & 0xFF)}",
        };
        if (topic is null)
        {
            return SendAsync(Frame(PubAck, [.. frame[3..7], 0x02])); // Rejected: invalid topic id.
        }

        // A copy may come late, when its exchange is over.
        var exchange = Convert.ToHexString(frame.AsSpan(3));
        if (qos < 2 || (!_released.Contains(exchange) && _received.TryAdd(msgId, exchange)))
        {
            Received.Add(new ReceivedMessage(topic, frame[7..], qos, (flags & 0x10) != 0));
        }

        return qos switch
        {
            1 => SendAsync(Frame(PubAck, [.. frame[3..7], 0])),
            2 => SendAsync(Frame(PubRec, frame[5..7])),
            _ => Task.CompletedTask,
        };
    }

    private void Release(ushort msgId)
    {
        if (_received.Remove(msgId, out var exchange))
        {
            _released.Enqueue(exchange);
            if (_released.Count > Remembered)
            {
                _released.Dequeue();
            }
        }
    }

    private ushort NextMsgId() => _lastMsgId = (ushort)((_lastMsgId % ushort.MaxValue) + 1);

    private static void Demand(byte returnCode, string what)
    {
        if (returnCode != 0)
        {
            throw new SnException($"{what} was rejected with {returnCode}.");
        }
    }

    private static byte[] PublishFrame(SnTopic topic, ushort msgId, byte[] payload, int flags) =>
        Frame(Publish, [(byte)(flags | topic.Type), .. Octets(topic.Id), .. Octets(msgId), .. payload]);

    /// <summary>Sets DUP where there is one: in PUBLISH and SUBSCRIBE.</summary>
    private static byte[] AsDuplicate(byte[] frame)
    {
        var typeAt = frame[0] == 1 ? 3 : 1;
        if (frame[typeAt] is Publish or 0x12)
        {
            frame[typeAt + 1] |= 0x80;
        }

        return frame;
    }

    private static byte[] Frame(byte type, byte[] body) => body.Length + 2 <= byte.MaxValue
        ? [(byte)(body.Length + 2), type, .. body]
        : [1, .. Octets((ushort)(body.Length + 4)), type, .. body];

    private static byte[] Octets(ushort value) => [(byte)(value >> 8), (byte)value];

    private static ushort Word(byte[] frame, int at) => BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(at));

    /// <summary>A request that waits for its answer.</summary>
    private sealed class Exchange(Func<byte[], bool> answers)
    {
        public TaskCompletionSource<byte[]> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Answers(byte[] frame) => answers(frame);

        public void TryAnswer(byte[] frame)
        {
            if (answers(frame))
            {
                Answer.TrySetResult(frame);
            }
        }
    }
}
