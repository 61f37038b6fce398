namespace Edge.Messaging.Stores;

/// <summary>An incoming QoS 2 exchange that is not released yet ([MQTT-4.3.3-10]).</summary>
/// <param name="Session">Number of the durable session.</param>
/// <param name="PacketId">Packet Identifier chosen by the publisher, 1 to 65,535.</param>
public readonly record struct ReceivedExchange(long Session, ushort PacketId);
