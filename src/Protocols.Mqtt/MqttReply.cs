using Edge.Protocols.Mqtt.Codec;

namespace Edge.Protocols.Mqtt;

/// <summary>What a connection remembers while the broker works on a request: the packet that answers it.</summary>
/// <param name="Type">PUBACK, PUBREC, PUBCOMP, SUBACK or UNSUBACK; <see cref="PacketType.Reserved"/> when nothing is answered.</param>
/// <param name="PacketId">Packet Identifier of the request.</param>
public readonly record struct MqttReply(PacketType Type, ushort PacketId);
