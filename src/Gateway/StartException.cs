using System.Net;

namespace Edge.Gateway;

/// <summary>The gateway cannot start for a reason outside of it. The message says which, and what to do.</summary>
internal sealed class StartException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>An address cannot be bound.</summary>
    /// <param name="key">The setting that names it.</param>
    /// <param name="bind">The address.</param>
    /// <param name="fault">Why not.</param>
    public static StartException CannotListen(string key, IPEndPoint bind, Exception fault) => new(
        $"Cannot listen on {bind} ({key}): {fault.GetBaseException().Message}. Stop the program that uses it, or choose another address.", fault);
}
