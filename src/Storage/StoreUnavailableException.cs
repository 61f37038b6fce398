using Edge.Messaging.Stores;

namespace Edge.Storage;

/// <summary>The store cannot be opened, and the gateway cannot start without it. A damaged store is no reason: it is repaired.</summary>
/// <param name="message">What is wrong and what an operator can do, for standard error.</param>
/// <param name="inner">The cause.</param>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : StoreException(message, inner);
