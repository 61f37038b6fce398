using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Edge.LocalBroker.Tests.Support;

/// <summary>Remembers what the broker says at Warning and above, so that no test passes over it.</summary>
internal sealed class ErrorLog : ILogger<Broker>
{
    public ConcurrentQueue<string> Lines { get; } = [];

    /// <summary>Lets something happen once, when a line is written that contains a text.</summary>
    public (string Text, Action Interruption)? Interruption { get; set; }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = formatter(state, exception);
        if (Interruption is var (text, interruption) && line.Contains(text, StringComparison.Ordinal))
        {
            Interruption = null;
            interruption();
        }

        if (logLevel >= LogLevel.Warning)
        {
            Lines.Enqueue(line);
        }
    }
}
