using Edge.Messaging;

namespace Edge.LocalBroker.Sessions;

/// <summary>A QoS 0 message on its way to a connected client.</summary>
/// <param name="Order">When it came, counted among all messages of the session.</param>
/// <param name="Message">The message.</param>
/// <param name="Size">Octets it counts.</param>
/// <param name="QueuedAt">When it came, where there is a limit on age; else the default.</param>
/// <param name="Retain">RETAIN flag towards the receiver.</param>
/// <param name="SubscriptionIdentifiers">Identifiers of the matching subscriptions, or null.</param>
internal readonly record struct SentOnce(long Order, Message Message, int Size, DateTimeOffset QueuedAt, bool Retain, uint[]? SubscriptionIdentifiers);
