using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Edge.Gateway.Tests.Fronts;

/// <summary>Remembers what was logged.</summary>
internal sealed class RecordingLog : ILogger
{
    private readonly ConcurrentQueue<(int Event, string Line)> _lines = [];

    public IEnumerable<int> Events => _lines.Select(line => line.Event);

    public IEnumerable<string> Lines => _lines.Select(line => line.Line);

    public string Last => _lines.Last().Line;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue((eventId.Id, formatter(state, exception)));
}
