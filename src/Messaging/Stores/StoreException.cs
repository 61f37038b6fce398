namespace Edge.Messaging.Stores;

/// <summary>The store could not do what was asked of it; nothing that it acknowledged is lost.</summary>
/// <param name="message">What failed and what an operator can do.</param>
/// <param name="inner">The cause.</param>
public class StoreException(string message, Exception? inner = null) : Exception(message, inner);
