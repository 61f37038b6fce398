using Microsoft.Extensions.Logging;

namespace Edge.Gateway.Logging;

/// <summary>Logs for one category: formats at once, since a state may not outlive the call, and hands the line on.</summary>
internal sealed class LineLogger(string category, LogLevel minimum, LineFormat format, TimeProvider time, Action<string> write) : ILogger
{
    /// <summary>Scopes are not used: what belongs to an event stands in it.</summary>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= minimum && logLevel != LogLevel.None;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            write(format.Format(time.GetUtcNow(), logLevel, category, eventId, state, formatter(state, exception), exception));
        }
    }
}
