namespace Edge.Load;

/// <summary>A load could not be run to its end: the message says what the server or the system did.</summary>
internal sealed class LoadException(string message) : Exception(message);
