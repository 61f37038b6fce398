namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>QoS as the Flags field codes it (MQTT-SN 1.2 §5.3.4). Level −1 needs no connection (§6.8).</summary>
internal enum MqttSnQos : byte
{
    AtMostOnce = 0b00,
    AtLeastOnce = 0b01,
    ExactlyOnce = 0b10,
    MinusOne = 0b11,
}
