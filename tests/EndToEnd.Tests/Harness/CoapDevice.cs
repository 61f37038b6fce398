using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Edge.EndToEnd.Tests.Harness;

/// <summary>
/// A CoAP device over UDP, on a link that loses datagrams, written for these tests octet by octet. It sends a Confirmable request again until that is answered
/// (RFC 7252 §4.2), and tells a newer notification from an older one (RFC 7641 §3.4).
/// </summary>
internal sealed class CoapDevice : IAsyncDisposable
{
    private const int MaxRetransmit = 6;
    private const int Confirmable = 0, Acknowledgement = 2, Reset = 3;
    private const byte Empty = 0x00, Get = 0x01, Post = 0x02, Changed = 0x44, Content = 0x45;
    private const int ObserveOption = 6, UriPath = 11, UriQuery = 15;

    private static readonly TimeSpan AckTimeout = TimeSpan.FromMilliseconds(200);

    /// <summary>How long it waits for a response in a message of its own.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly (LossyAir Up, LossyAir Down) _air;
    private readonly Random _random;
    private readonly UdpClient _udp = new(AddressFamily.InterNetwork);
    private readonly CancellationTokenSource _disposed = new();
    private readonly Task _receiving;
    private readonly Lock _lock = new();
    private volatile Exchange? _exchange;
    private ushort _lastMessageId;
    private uint _lastToken;
    private uint _observed;
    private uint? _newest;

    /// <param name="port">Port of the gateway on loopback.</param>
    /// <param name="seed">What becomes of its datagrams, and how long it waits.</param>
    public CoapDevice(int port, int seed)
    {
        _random = new Random(seed);
        _air = (new LossyAir(2 * seed), new LossyAir((2 * seed) + 1));
        _lastMessageId = (ushort)_random.Next(ushort.MaxValue);
        _udp.Client.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _udp.Connect(IPAddress.Loopback, port);
        _receiving = ReceiveAsync();
    }

    /// <summary>What it observes, each value newer than the one before.</summary>
    public Journal<string> Values { get; } = new();

    /// <summary>POST until it is answered, by a new request where one was given up.</summary>
    /// <returns>Requests that it took.</returns>
    public async Task<int> PublishAsync(string path, string query, string payload)
    {
        for (var requests = 1; ; requests++)
        {
            if (await AskAsync(Post, ++_lastToken, [.. Texts(UriPath, path.Split('/')), .. Texts(UriQuery, query.Split('&'))], Encoding.UTF8.GetBytes(payload)) is { } code)
            {
                Assert.Equal(Changed, code);
                return requests;
            }
        }
    }

    /// <summary>GET with Observe until it is answered; an observation from before is forgotten.</summary>
    public async Task ObserveAsync(string path)
    {
        byte? code;
        do
        {
            var token = ++_lastToken;
            lock (_lock)
            {
                (_observed, _newest) = (token, null);
            }

            code = await AskAsync(Get, token, [(ObserveOption, []), .. Texts(UriPath, path.Split('/'))], []);
        }
        while (code is null);

        Assert.Equal(Content, code);
    }

    /// <summary>What is in the air does not arrive any more.</summary>
    public void ForgetAir() => _air.Up.Forget();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync();
        await _receiving;
        _udp.Dispose();
    }

    /// <summary>One exchange. Null when it was given up.</summary>
    private async Task<byte?> AskAsync(byte method, uint token, (int Number, byte[] Value)[] options, byte[] payload)
    {
        var exchange = new Exchange(++_lastMessageId, token);
        _exchange = exchange;
        var request = Request(method, exchange, options, payload);
        var timeout = AckTimeout * (1 + (_random.NextDouble() / 2));
        for (var attempt = 0; attempt <= MaxRetransmit && !exchange.Heard.Task.IsCompleted; attempt++, timeout *= 2)
        {
            await SendAsync(request);
            await WithinAsync(exchange.Heard.Task, timeout);
        }

        return exchange.Heard.Task.IsCompleted && await WithinAsync(exchange.Answer.Task, Patience) ? await exchange.Answer.Task : null;
    }

    private static async Task<bool> WithinAsync(Task task, TimeSpan timeout)
    {
        try
        {
            await task.WaitAsync(timeout, TestContext.Current.CancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task SendAsync(byte[] frame)
    {
        foreach (var carried in _air.Up.Carry(frame))
        {
            try
            {
                await _udp.SendAsync(carried, _disposed.Token);
            }
            catch (Exception fault) when (fault is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // Nobody listens at the moment; the datagram is lost like any other.
            }
        }
    }

    private async Task ReceiveAsync()
    {
        while (!_disposed.IsCancellationRequested)
        {
            try
            {
                foreach (var carried in _air.Down.Carry((await _udp.ReceiveAsync(_disposed.Token)).Buffer))
                {
                    await OnFrameAsync(carried);
                }
            }
            catch (SocketException)
            {
                // ICMP says that nobody listens at the moment.
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task OnFrameAsync(byte[] frame)
    {
        var (type, tokenLength, code, messageId) = ((frame[0] >> 4) & 0b11, frame[0] & 0x0F, frame[1], BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(2)));
        uint? token = tokenLength == sizeof(uint) ? BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(4)) : null;
        var exchange = _exchange;
        if (type == Acknowledgement)
        {
            if (exchange?.MessageId == messageId)
            {
                exchange.Heard.TrySetResult();
                Take(exchange, code, token, frame);
            }

            return;
        }

        var isKnown = Take(exchange, code, token, frame);
        if (type == Confirmable)
        {
            await SendAsync([(byte)(0x40 | ((isKnown ? Acknowledgement : Reset) << 4)), Empty, frame[2], frame[3]]);
        }
    }

    /// <summary>Takes what has a Token that is known; false for all else.</summary>
    private bool Take(Exchange? exchange, byte code, uint? token, byte[] frame)
    {
        if (code == Empty || token is null)
        {
            return false;
        }

        if (exchange?.Token == token)
        {
            exchange.Heard.TrySetResult();
            exchange.Answer.TrySetResult(code);
        }

        lock (_lock)
        {
            if (token != _observed)
            {
                return exchange?.Token == token;
            }

            var (sequence, payload) = Read(frame);
            if (sequence is { } number && (_newest is not { } newest || ((number - newest) & 0xFF_FFFF) is > 0 and < 0x80_0000))
            {
                _newest = number;
                Values.Add(Encoding.UTF8.GetString(payload));
            }

            return true;
        }
    }

    private static byte[] Request(byte method, Exchange exchange, (int Number, byte[] Value)[] options, byte[] payload)
    {
        List<byte> frame = [0x40 | sizeof(uint), method, (byte)(exchange.MessageId >> 8), (byte)exchange.MessageId];
        frame.AddRange([(byte)(exchange.Token >> 24), (byte)(exchange.Token >> 16), (byte)(exchange.Token >> 8), (byte)exchange.Token]);
        var before = 0;
        foreach (var (number, value) in options)
        {
            // No delta here needs a further octet, nor does a length.
            frame.AddRange([(byte)(((number - before) << 4) | value.Length), .. value]);
            before = number;
        }

        return payload is [] ? [.. frame] : [.. frame, 0xFF, .. payload];
    }

    /// <summary>The Observe Option, if there is one, and the payload.</summary>
    private static (uint? Sequence, byte[] Payload) Read(byte[] frame)
    {
        var (at, number, sequence) = (4 + (frame[0] & 0x0F), 0, (uint?)null);
        while (at < frame.Length && frame[at] != 0xFF)
        {
            var (delta, length) = (frame[at] >> 4, frame[at] & 0x0F);
            at++;
            number += delta == 13 ? 13 + frame[at++] : delta;
            length = length == 13 ? 13 + frame[at++] : length;
            sequence = number == ObserveOption ? frame.AsSpan(at, length).ToArray().Aggregate(0u, (value, octet) => (value << 8) | octet) : sequence;
            at += length;
        }

        return (sequence, at < frame.Length ? frame[(at + 1)..] : []);
    }

    private static IEnumerable<(int Number, byte[] Value)> Texts(int number, string[] texts) => texts.Select(text => (number, Encoding.UTF8.GetBytes(text)));

    /// <summary>A request that waits for its answer.</summary>
    private sealed class Exchange(ushort messageId, uint token)
    {
        public ushort MessageId => messageId;

        public uint Token => token;

        /// <summary>Something came: it need not be sent again.</summary>
        public TaskCompletionSource Heard { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<byte> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
