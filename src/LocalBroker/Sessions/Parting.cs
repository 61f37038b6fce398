using Edge.Messaging;

namespace Edge.LocalBroker.Sessions;

/// <summary>What is left to do when a connection loses its session to another.</summary>
/// <param name="Connection">The connection to tell, or null.</param>
/// <param name="Will">The Will to publish, or null.</param>
internal readonly record struct Parting(SessionConnection? Connection, WillMessage? Will);
