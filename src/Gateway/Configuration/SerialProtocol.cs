namespace Edge.Gateway.Configuration;

/// <summary>What is spoken on a serial line.</summary>
internal enum SerialProtocol
{
    /// <summary>None is given.</summary>
    None = 0,

    /// <summary>MQTT-SN with one node.</summary>
    MqttSn,

    /// <summary>MQTT-SN with many nodes behind an XBee radio.</summary>
    XBee,

    /// <summary>One message a line.</summary>
    Lines,
}
