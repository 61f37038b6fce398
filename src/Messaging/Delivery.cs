namespace Edge.Messaging;

/// <summary>One step of an outgoing exchange that a session asks its connection to carry out.</summary>
/// <param name="Kind">A PUBLISH, or the PUBREL that finishes QoS 2.</param>
/// <param name="PacketId">Packet Identifier, 1 to 65,535; 0 at QoS 0.</param>
/// <param name="Message">The message; null for a PUBREL.</param>
/// <param name="Qos">QoS towards this receiver.</param>
/// <param name="Retain">RETAIN flag towards this receiver.</param>
/// <param name="Dup">Whether an earlier connection may have sent it already ([MQTT-3.3.1-1]).</param>
/// <param name="SubscriptionIdentifiers">Identifiers of every matching subscription; null when there are none.</param>
public readonly record struct Delivery(
    DeliveryKind Kind,
    ushort PacketId,
    Message? Message,
    QualityOfService Qos,
    bool Retain,
    bool Dup,
    uint[]? SubscriptionIdentifiers);
