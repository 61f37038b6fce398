namespace Edge.Gateway;

/// <summary>The gateway cannot start for a reason outside of it. The message says which, and what to do.</summary>
internal sealed class StartException(string message, Exception inner) : Exception(message, inner);
