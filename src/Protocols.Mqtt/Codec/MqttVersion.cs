namespace Edge.Protocols.Mqtt.Codec;

/// <summary>Protocol Version of a connection, valued as in CONNECT (MQTT 5.0 §3.1.2.2).</summary>
public enum MqttVersion : byte
{
    /// <summary>MQTT 3.1, Protocol Name <c>MQIsdp</c>.</summary>
    Mqtt31 = 3,

    /// <summary>MQTT 3.1.1.</summary>
    Mqtt311 = 4,

    /// <summary>MQTT 5.0.</summary>
    Mqtt5 = 5,
}
