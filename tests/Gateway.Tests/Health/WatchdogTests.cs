using System.Threading.Channels;
using Edge.Gateway.Health;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Gateway.Tests.Health;

/// <summary>systemd hears of us only while the gateway is well.</summary>
public sealed class WatchdogTests : IDisposable
{
    private static readonly TimeSpan Half = TimeSpan.FromSeconds(15);

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly NotifySocket _socket;
    private readonly ServiceManager _manager;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<TaskCompletionSource<bool>> _questions = Channel.CreateUnbounded<TaskCompletionSource<bool>>();

    public WatchdogTests()
    {
        _socket = new NotifySocket(Path.Combine(_folder.Path, "notify"));
        _socket.Variables["WATCHDOG_USEC"] = "30000000";
        _manager = ServiceManager.From(_socket.Variables.GetValueOrDefault, processId: 42, NullLogger.Instance);
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _manager.Dispose();
        _socket.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task While_the_gateway_is_well_systemd_is_told_at_half_its_limit()
    {
        var watch = Run();

        for (var i = 0; i < 3; i++)
        {
            _time.Advance(Half);
            (await NextQuestionAsync()).SetResult(true);
            Assert.Equal("WATCHDOG=1", await _socket.ReceiveAsync());
        }

        await StopAsync(watch);
    }

    [Fact]
    public async Task While_it_is_not_well_systemd_is_told_nothing()
    {
        var log = new Complaints();
        var watch = Run(log);
        _time.Advance(Half);
        (await NextQuestionAsync()).SetResult(false);
        await log.Complained.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        _time.Advance(Half);
        (await NextQuestionAsync()).SetResult(true);

        Assert.Equal("WATCHDOG=1", await _socket.ReceiveAsync());
        _manager.Status("end");
        Assert.Equal("STATUS=end", await _socket.ReceiveAsync());
        await StopAsync(watch);
    }

    [Fact]
    public async Task An_answer_that_does_not_come_is_a_no_and_nothing_more_is_asked_until_it_comes()
    {
        var log = new Complaints();
        var watch = Run(log);
        _time.Advance(Half);
        var hanging = await NextQuestionAsync();

        while (!log.Complained.IsCompleted)
        {
            // The watch begins to wait for its answer some time after it asked.
            _time.Advance(Half);
            await Task.Yield();
        }

        Assert.False(_questions.Reader.TryRead(out _));

        hanging.SetResult(true);
        Assert.Equal("WATCHDOG=1", await _socket.ReceiveAsync());
        await StopAsync(watch);
    }

    [Fact]
    public async Task Without_a_watchdog_nothing_is_asked_and_the_watch_ends_with_the_gateway()
    {
        _socket.Variables.Remove("WATCHDOG_USEC");
        using var manager = ServiceManager.From(_socket.Variables.GetValueOrDefault, processId: 42, NullLogger.Instance);
        var watch = Watchdog.RunAsync(manager, _ => throw new InvalidOperationException("asked"), _time, NullLogger.Instance, _stopping.Token);

        _time.Advance(TimeSpan.FromDays(1));

        await StopAsync(watch);
        Assert.True(watch.IsCompletedSuccessfully);
    }

    private Task Run(ILogger? logger = null) => Watchdog.RunAsync(_manager, AskAsync, _time, logger ?? NullLogger.Instance, _stopping.Token);

    private ValueTask<bool> AskAsync(CancellationToken stopping)
    {
        var question = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _questions.Writer.TryWrite(question);
        return new ValueTask<bool>(question.Task);
    }

    private async Task<TaskCompletionSource<bool>> NextQuestionAsync() =>
        await _questions.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    private async Task StopAsync(Task watch)
    {
        await _stopping.CancelAsync();
        await watch.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    private sealed class Complaints : ILogger
    {
        private readonly TaskCompletionSource _complained = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Complained => _complained.Task;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Error)
            {
                _complained.TrySetResult();
            }
        }
    }
}
