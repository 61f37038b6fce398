namespace Edge.Load;

/// <summary>The command line asks for what does not exist: the message says what would be right.</summary>
internal sealed class UsageException(string message) : Exception(message);
