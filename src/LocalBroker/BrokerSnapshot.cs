namespace Edge.LocalBroker;

/// <summary>The broker at one moment.</summary>
/// <param name="Sessions">Sessions of clients, connected or kept. The gateway's own are not counted.</param>
/// <param name="Connected">Those of them with a connection.</param>
/// <param name="Subscriptions">Subscriptions of all sessions.</param>
/// <param name="Retained">Topics with a retained message.</param>
/// <param name="RetainedBytes">Octets of the retained messages: topic, payload and properties.</param>
/// <param name="QueuedMessages">Messages waiting or in flight in all sessions.</param>
/// <param name="QueuedBytes">Octets of them.</param>
/// <param name="Delayed">Messages whose time has not come.</param>
public sealed record BrokerSnapshot(
    int Sessions, int Connected, int Subscriptions, int Retained, long RetainedBytes, long QueuedMessages, long QueuedBytes, int Delayed);
