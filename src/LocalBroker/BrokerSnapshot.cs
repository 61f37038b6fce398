namespace Edge.LocalBroker;

/// <summary>The broker at one moment.</summary>
/// <param name="Sessions">Sessions, connected or kept.</param>
/// <param name="Connected">Sessions with a connection.</param>
/// <param name="Subscriptions">Subscriptions of all sessions.</param>
/// <param name="Retained">Topics with a retained message.</param>
/// <param name="QueuedMessages">Messages waiting or in flight in all sessions.</param>
/// <param name="QueuedBytes">Octets of them.</param>
public sealed record BrokerSnapshot(int Sessions, int Connected, int Subscriptions, int Retained, long QueuedMessages, long QueuedBytes);
