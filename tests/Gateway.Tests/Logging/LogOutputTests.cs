using System.Text;
using Edge.Gateway.Logging;
using Microsoft.Extensions.Logging;

namespace Edge.Gateway.Tests.Logging;

/// <summary>The log never holds the gateway up, and says what it lost.</summary>
public sealed class LogOutputTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public void All_that_was_logged_is_written_before_the_end_in_order()
    {
        using var stream = new MemoryStream();
        using (var log = Open(stream))
        {
            var logger = log.CreateLogger("Edge.Gateway");
            for (var i = 0; i < 1_000; i++)
            {
                logger.SignalReceived($"signal-{i}");
            }
        }

        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => $"signal-{i}"), Lines(stream).Select(line => line.Split(' ')[1]));
    }

    [Fact]
    public async Task A_reader_that_stands_still_holds_nobody_up_and_what_is_lost_is_counted()
    {
        using var stream = new StuckStream();
        using var log = Open(stream);
        var logger = log.CreateLogger("Edge.Gateway");
        logger.SignalReceived("first");
        await stream.IsStuck.WaitAsync(Limit, TestContext.Current.CancellationToken);

        const int more = LogOutput.Capacity + 500;
        for (var i = 0; i < more; i++)
        {
            logger.SignalReceived("more");
        }

        stream.Release();
        log.Dispose();

        var lines = Lines(stream.Written);
        Assert.Equal(1 + LogOutput.Capacity, lines.Count(line => line.Contains("received", StringComparison.Ordinal)));
        Assert.Equal("<4>gateway 500 log lines were dropped because the log was not read fast enough {event=1200 Lost=500}", Assert.Single(lines, IsLoss));
        Assert.True(IsLoss(lines[1]), "the loss is told first");

        static bool IsLoss(string line) => line.StartsWith("<4>", StringComparison.Ordinal);
    }

    [Fact]
    public void A_reader_that_is_gone_and_a_line_after_the_end_do_no_harm()
    {
        var log = Open(new BrokenStream());
        var logger = log.CreateLogger("Edge.Gateway");

        logger.SignalReceived("x");
        log.Dispose();
        logger.SignalReceived("after the end");
        log.Dispose();

        Assert.True(logger.IsEnabled(LogLevel.Information));
    }

    [Theory]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Information, LogLevel.Warning)]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Trace, LogLevel.Trace)]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error, LogLevel.Error)]
    [InlineData("Edge.Bridge", LogLevel.Information, LogLevel.Information)]
    public void What_is_not_ours_speaks_of_warnings_only(string category, LogLevel wanted, LogLevel least)
    {
        using var stream = new MemoryStream();
        using var log = new LogOutput(stream, wanted, new LineFormat(isJournal: true), TimeProvider.System);

        var logger = log.CreateLogger(category);

        Assert.Equal(least, Enum.GetValues<LogLevel>().First(logger.IsEnabled));
    }

    private static LogOutput Open(Stream stream) => new(stream, LogLevel.Information, new LineFormat(isJournal: true), TimeProvider.System);

    private static string[] Lines(MemoryStream stream) => Encoding.UTF8.GetString(stream.ToArray()).TrimEnd('\n').Split('\n');

    /// <summary>A pipe whose reader has stopped.</summary>
    private sealed class StuckStream : MemoryStream
    {
        private readonly TaskCompletionSource _isStuck = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _released = new();

        public MemoryStream Written { get; } = new();

        public Task IsStuck => _isStuck.Task;

        public void Release() => _released.Set();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            _isStuck.TrySetResult();
            _released.Wait();
            Written.Write(buffer);
        }
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("Broken pipe");
    }
}
