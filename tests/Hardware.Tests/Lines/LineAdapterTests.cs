using System.Text;
using System.Threading.Channels;
using Edge.Messaging;
using Edge.Serial.Lines;
using Edge.Serial.Ports;

namespace Edge.Hardware.Tests.Lines;

public sealed class LineAdapterTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly PluggableDevice _device = new();
    private readonly RecordingLogger<LineAdapter> _log = new();
    private readonly CountedDrops _drops = new();
    private readonly PlainSession _session = new();
    private readonly CancellationTokenSource _stopping = new();
    private LineAdapter? _adapter;
    private Task _running = Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running.WaitAsync(Limit);
        _adapter?.Dispose();
        _stopping.Dispose();
        _device.Dispose();
    }

    [Fact]
    public async Task Every_line_is_a_message()
    {
        var terminal = _device.PlugIn();
        Start();
        terminal.Write("21.5\r\n21.6\n\n21.7\r"u8);

        Assert.Equal(["21.5", "21.6", "21.7"], [await NextAsync(), await NextAsync(), await NextAsync()]);
        Assert.Equal((3, 0, 0), (_adapter!.Status.FramesReceived, _adapter.Status.FramesMalformed, _adapter.Status.FramesRefused));
    }

    [Fact]
    public async Task Lines_go_on_after_an_unplug()
    {
        var terminal = _device.PlugIn();
        Start();
        for (var i = 0; i < 3; i++)
        {
            terminal.Write("half of a li"u8);
            terminal.Write("ne\n"u8);
            Assert.Equal("half of a line", await NextAsync());
            terminal.Write("cut"u8);
            _device.PullOut();
            terminal = _device.PlugIn();
        }
    }

    [Fact]
    public async Task What_is_no_message_is_counted_and_told_once_an_hour()
    {
        var terminal = _device.PlugIn();
        Start(LineFormat.Json);
        terminal.Write("hello\nworld\n"u8);
        terminal.Write([0xFF, (byte)'\n', .. new byte[100], (byte)'\n']);
        terminal.Write("""{"topic":"a","payload":1}"""u8);
        terminal.Write("\n"u8);

        Assert.Equal("1", await NextAsync());
        Assert.True(SpinWait.SpinUntil(() => _adapter!.Status.FramesMalformed == 4, Limit));
        Assert.Equal((3, 1), (_drops.Read(DropCause.Malformed), _drops.Read(DropCause.Oversize)));
        Assert.StartsWith("A line on serial line field is no JSON: ", Assert.Single(_log.Lines, line => line.StartsWith("A line", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_broker_refuses_is_counted_and_told_once_an_hour()
    {
        _session.Answer = _ => new(PublishOutcome.QuotaExceeded);
        var terminal = _device.PlugIn();
        Start();
        terminal.Write("1\n2\n"u8);
        await NextAsync();
        await NextAsync();

        Assert.True(SpinWait.SpinUntil(() => _adapter!.Status.FramesRefused == 2, Limit));
        Assert.Single(_log.Events, number => number == 7011);
    }

    [Fact]
    public async Task A_broker_that_does_not_answer_makes_the_device_wait_and_loses_nothing()
    {
        var kept = new TaskCompletionSource<PublishOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        _session.Answer = _ => new(kept.Task);
        var terminal = _device.PlugIn();
        Start();
        var writing = Task.Factory.StartNew(
            () => terminal.Write(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 10_000).Select(i => $"{i}\n")))), TaskCreationOptions.LongRunning);
        for (var i = 0; i < 64; i++)
        {
            Assert.Equal($"{i}", await NextAsync());
        }

        Assert.False(_session.Published.TryPeek(out _));
        kept.SetResult(PublishOutcome.Accepted);
        for (var i = 64; i < 10_000; i++)
        {
            Assert.Equal($"{i}", await NextAsync());
        }

        await writing.WaitAsync(Limit, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_store_that_fails_is_an_error_and_the_next_message_is_tried()
    {
        _session.Answer = message => message.Payload.Span.SequenceEqual("1"u8) ? throw new InvalidOperationException("The store failed.") : new(PublishOutcome.Accepted);
        var terminal = _device.PlugIn();
        Start();
        terminal.Write("1\n2\n"u8);

        Assert.Equal(["1", "2"], [await NextAsync(), await NextAsync()]);
        Assert.True(SpinWait.SpinUntil(() => _log.Events.Contains(7012), Limit));
        Assert.Equal(1, _adapter!.Status.FramesRefused);
    }

    private void Start(LineFormat format = LineFormat.Plain)
    {
        _adapter = new LineAdapter(
            new LineOptions
            {
                Name = "field",
                Port = new SerialPortOptions { Device = _device.Path },
                Topic = format == LineFormat.Json ? "${topic}" : "serial/field",
                Format = format,
                Largest = 64,
            },
            _drops,
            TimeProvider.System,
            _log);
        _running = _adapter.RunAsync(_session, _stopping.Token);
    }

    private async Task<string> NextAsync() =>
        Encoding.UTF8.GetString((await _session.Published.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Limit)).Payload.Span);

    private sealed class CountedDrops : IDropCounter
    {
        private readonly long[] _counts = new long[Enum.GetValues<DropCause>().Length];

        public void Count(DropCause cause, long count = 1) => Interlocked.Add(ref _counts[(int)cause], count);

        public long Read(DropCause cause) => Volatile.Read(ref _counts[(int)cause]);
    }

    /// <summary>A session of which only publishing is asked.</summary>
    private sealed class PlainSession : IBrokerSession
    {
        private readonly Channel<Message> _published = Channel.CreateUnbounded<Message>();

        public Func<Message, ValueTask<PublishOutcome>> Answer { get; set; } = _ => new(PublishOutcome.Accepted);

        public ChannelReader<Message> Published => _published.Reader;

        public string ClientId => "$edge/serial/field";

        public TimeSpan SessionExpiry => TimeSpan.Zero;

        public IReadOnlyCollection<Subscription> Subscriptions => [];

        public bool IsDrained => throw new NotSupportedException();

        public bool TryRead(TopicName topic, out Message? message) => throw new NotSupportedException();

        public ReadOnlyMemory<byte> Note => throw new NotSupportedException();

        public ValueTask<PublishOutcome> PublishAsync(Message message, ushort packetId = 0)
        {
            Assert.True(_published.Writer.TryWrite(message));
            return Answer(message);
        }

        public ValueTask<bool> NoteAsync(ReadOnlyMemory<byte> note) => throw new NotSupportedException();

        public ValueTask<bool> SleepAsync(TimeSpan longest, TimeSpan sessionExpiry) => throw new NotSupportedException();

        public ValueTask<bool> ChangeWillAsync(WillMessage? will) => throw new NotSupportedException();

        public ValueTask<bool> ReleaseAsync(ushort packetId) => throw new NotSupportedException();

        public ValueTask<SubscribeOutcome[]> SubscribeAsync(IReadOnlyList<Subscription> subscriptions) => throw new NotSupportedException();

        public ValueTask<bool[]> UnsubscribeAsync(IReadOnlyList<TopicFilter> filters) => throw new NotSupportedException();

        public int Take(Span<Delivery> deliveries) => throw new NotSupportedException();

        public bool Acknowledge(ushort packetId, Acknowledgement acknowledgement) => throw new NotSupportedException();

        public void Discard(in Delivery delivery, DropCause cause) => throw new NotSupportedException();

        public void Disconnect(bool publishWill, TimeSpan? sessionExpiry = null) => throw new NotSupportedException();
    }
}
