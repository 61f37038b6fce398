using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Edge.Storage.Tests;

/// <summary>Keeps what the store says.</summary>
internal sealed class RecordingLogger : ILogger<SqliteStore>
{
    private readonly ConcurrentQueue<(LogLevel Level, int Event, string Text)> _lines = new();

    public IEnumerable<string> Errors => _lines.Where(line => line.Level >= LogLevel.Error).Select(line => line.Text);

    public int Count(int eventId) => _lines.Count(line => line.Event == eventId);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue((logLevel, eventId.Id, formatter(state, exception)));
}
