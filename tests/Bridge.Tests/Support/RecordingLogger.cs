using Microsoft.Extensions.Logging;

namespace Edge.Bridge.Tests.Support;

/// <summary>One line of log.</summary>
internal sealed record LogLine(int Id, LogLevel Level, string Text, Exception? Exception);

/// <summary>Keeps what was logged.</summary>
internal sealed class RecordingLogger<T> : ILogger<T>
{
    public Happenings<LogLine> Lines { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Add(new LogLine(eventId.Id, logLevel, formatter(state, exception), exception));
}
