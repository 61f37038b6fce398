using Microsoft.Extensions.Logging;

namespace Edge.Hardware.Tests;

/// <summary>Keeps what was logged.</summary>
internal sealed class RecordingLogger<T> : ILogger<T>
{
    private readonly List<(int Event, string Line)> _entries = [];

    public IReadOnlyList<int> Events => Read(entry => entry.Event);

    public IReadOnlyList<string> Lines => Read(entry => entry.Line);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_entries)
        {
            _entries.Add((eventId.Id, formatter(state, exception)));
        }
    }

    private List<TItem> Read<TItem>(Func<(int Event, string Line), TItem> select)
    {
        lock (_entries)
        {
            return [.. _entries.Select(select)];
        }
    }
}
