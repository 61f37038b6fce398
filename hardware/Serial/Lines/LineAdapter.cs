using System.Text;
using Edge.Messaging;
using Edge.Serial.Framing;
using Microsoft.Extensions.Logging;

namespace Edge.Serial.Lines;

/// <summary>Publishes what devices say on a serial line, one message a line. Nothing is said back to them.</summary>
/// <remarks>
/// While the broker owes answers to many messages, no more is read: a device with flow control, a USB device among them, then waits. What another one
/// sends beyond what the driver holds is lost, and counted by the driver.
/// </remarks>
public sealed class LineAdapter : IDeviceAdapter, IDisposable
{
    /// <summary>Messages that the broker has not answered.</summary>
    private const int Window = 64;
    private const int LettersShown = 80;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BetweenReports = TimeSpan.FromHours(1);

    private readonly LineOptions _options;
    private readonly IDropCounter _drops;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly LineReader _reader;
    private readonly LineFramer _framer;
    private readonly FramedLine _line;
    private readonly SemaphoreSlim _window = new(Window);
    private IBrokerSession _session = null!;
    private CancellationToken _stopping;
    private long _malformed;
    private long _refused;
    private long? _malformedReported;
    private long? _refusedReported;

    /// <summary>Does nothing yet.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="drops">Where losses are counted; those of the broker it counts itself.</param>
    /// <param name="clock">Measures waits.</param>
    /// <param name="logger">Where it speaks.</param>
    public LineAdapter(LineOptions options, IDropCounter drops, TimeProvider clock, ILogger<LineAdapter> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _drops, _clock, _logger) = (options, drops, clock, logger);
        _reader = new LineReader(options);
        _framer = new LineFramer(options.Largest);
        _line = new FramedLine(new SerialLine(options.Name, options.Port, largestFrame: 0, clock, logger), _framer, clock, OnLine);
    }

    /// <summary>How the line is now. From any thread.</summary>
    public SerialStatus Status => _line.Status with { FramesMalformed = Volatile.Read(ref _malformed), FramesRefused = Volatile.Read(ref _refused) };

    /// <inheritdoc/>
    public async Task RunAsync(IBrokerSession session, CancellationToken stopping)
    {
        (_session, _stopping) = (session, stopping);
        await using var waking = stopping.Register(_line.Wake);
        await Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        using var limit = new CancellationTokenSource(StopLimit, _clock);
        await AllAnsweredAsync(limit.Token);
    }

    /// <summary>Closes the device. Call it when <see cref="RunAsync"/> has ended.</summary>
    public void Dispose()
    {
        _line.Dispose();
        _window.Dispose();
    }

    private void Run()
    {
        var (tooLong, noText) = (0L, 0L);
        while (!_stopping.IsCancellationRequested)
        {
            _line.Receive(LongestWait);
            if (_framer.TooLong != tooLong)
            {
                CountMalformed(DropCause.Oversize, _framer.TooLong - tooLong, $"is longer than {_options.Largest} octets", default);
                tooLong = _framer.TooLong;
            }

            if (_framer.Refused != noText)
            {
                CountMalformed(DropCause.Malformed, _framer.Refused - noText, "is no UTF-8; is the baud rate right?", default);
                noText = _framer.Refused;
            }
        }
    }

    private void OnLine(ReadOnlySpan<byte> line)
    {
        if (!_reader.TryRead(line, out var message, out var fault))
        {
            CountMalformed(DropCause.Malformed, 1, fault, line);
            return;
        }

        try
        {
            _window.Wait(_stopping);
        }
        catch (OperationCanceledException)
        {
            return; // The gateway stops, and the device was told nothing.
        }

        _ = PublishAsync(message);
    }

    /// <summary>Publishes one message; <see cref="AllAnsweredAsync"/> awaits it by its place in the window.</summary>
    private async Task PublishAsync(Message message)
    {
        try
        {
            if (await _session.PublishAsync(message) is not (PublishOutcome.Accepted or PublishOutcome.NoMatchingSubscribers) and var refusal)
            {
                Interlocked.Increment(ref _refused);
                if (IsDue(ref _refusedReported))
                {
                    _logger.LineRefused(_options.Name, message.Topic.ToString(), refusal);
                }
            }
        }
        catch (Exception fault)
        {
            Interlocked.Increment(ref _refused);
            _logger.LineNotPublished(_options.Name, message.Topic.ToString(), fault);
        }
        finally
        {
            _window.Release();
        }
    }

    private async Task AllAnsweredAsync(CancellationToken limit)
    {
        try
        {
            for (var i = 0; i < Window; i++)
            {
                await _window.WaitAsync(limit);
            }
        }
        catch (OperationCanceledException)
        {
            // The store does not commit; nobody was told that anything was taken.
        }
    }

    private void CountMalformed(DropCause cause, long count, string fault, ReadOnlySpan<byte> line)
    {
        _drops.Count(cause, count);
        _malformed += count;
        if (IsDue(ref _malformedReported))
        {
            var shown = Encoding.UTF8.GetString(line);
            _logger.LineMalformed(_options.Name, fault, shown.Length > LettersShown ? $"{shown[..LettersShown]}…" : shown, _malformed);
        }
    }

    private bool IsDue(ref long? reported)
    {
        if (reported is { } last && _clock.GetElapsedTime(last) < BetweenReports)
        {
            return false;
        }

        reported = _clock.GetTimestamp();
        return true;
    }
}
