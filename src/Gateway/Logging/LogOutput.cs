using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Edge.Gateway.Logging;

/// <summary>The log: lines to one stream, written by a thread of its own in batches.</summary>
/// <remarks>
/// Whoever logs never waits for whoever reads. When the reader stands still, lines gather up to <see cref="Capacity"/>; what comes
/// after that is dropped and counted, and the count is the first thing the log says once it is read again.
/// </remarks>
internal sealed class LogOutput : ILoggerFactory, ILoggerProvider
{
    /// <summary>Lines that may wait to be written.</summary>
    public const int Capacity = 4_096;

    private const int BatchOctets = 32 * 1_024;

    /// <summary>Longest wait at the end for a reader that stands still.</summary>
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(1);

    private readonly BlockingCollection<string> _lines = new(Capacity);
    private readonly Stream _stream;
    private readonly LogLevel _minimum;
    private readonly LineFormat _format;
    private readonly TimeProvider _time;
    private readonly Thread _writer;
    private long _lost;

    /// <summary>Begins to write to a stream, which stays open.</summary>
    public LogOutput(Stream stream, LogLevel minimum, LineFormat format, TimeProvider time)
    {
        (_stream, _minimum, _format, _time) = (stream, minimum, format, time);
        _writer = new Thread(WriteAll) { IsBackground = true, Name = "log" };
        _writer.Start();
    }

    /// <summary>The log of this process on standard error, in the journal's form when that is where standard error leads.</summary>
    public static LogOutput ToStandardError(LogLevel minimum, TimeProvider time) =>
        new(Console.OpenStandardError(), minimum, new LineFormat(Journal.ReadsStandardError()), time);

    /// <summary>A logger for a part of the program. What is not ours speaks of warnings only, unless everything is wanted.</summary>
    public ILogger CreateLogger(string categoryName)
    {
        var isOurs = categoryName.StartsWith("Edge.", StringComparison.Ordinal);
        var minimum = isOurs || _minimum is LogLevel.Trace or > LogLevel.Warning ? _minimum : LogLevel.Warning;
        return new LineLogger(categoryName, minimum, _format, _time, Post);
    }

    /// <summary>There is one output, this one.</summary>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("The log has one output.");

    /// <summary>Writes what waits, for a limited time.</summary>
    public void Dispose()
    {
        _lines.CompleteAdding();
        _writer.Join(FlushTimeout);
    }

    private void Post(string line)
    {
        try
        {
            if (!_lines.TryAdd(line))
            {
                Interlocked.Increment(ref _lost);
            }
        }
        catch (InvalidOperationException)
        {
            // Logged after the end, which nobody can read any more.
            Interlocked.Increment(ref _lost);
        }
    }

    private void WriteAll()
    {
        using var batch = new MemoryStream(BatchOctets);
        var direct = new LineLogger("Edge.Gateway", LogLevel.Trace, _format, _time, line => batch.Write(Encoding.UTF8.GetBytes(line)));
        foreach (var first in _lines.GetConsumingEnumerable())
        {
            if (Interlocked.Exchange(ref _lost, 0) is > 0 and var lost)
            {
                direct.LinesLost(lost);
            }

            batch.Write(Encoding.UTF8.GetBytes(first));
            while (batch.Length < BatchOctets && _lines.TryTake(out var next))
            {
                batch.Write(Encoding.UTF8.GetBytes(next));
            }

            try
            {
                _stream.Write(batch.GetBuffer().AsSpan(0, (int)batch.Length));
                _stream.Flush();
            }
            catch (IOException)
            {
                // The reader is gone for good; the gateway goes on without a log.
            }

            batch.SetLength(0);
        }
    }
}
