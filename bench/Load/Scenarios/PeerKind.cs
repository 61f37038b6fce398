namespace Edge.Load.Scenarios;

/// <summary>What a load is put on beside the gateway, to compare.</summary>
internal enum PeerKind
{
    /// <summary>Nothing bears or offers what the load asks for.</summary>
    None,

    /// <summary>mosquitto.</summary>
    Mosquitto,

    /// <summary>The Paho MQTT-SN gateway in front of mosquitto.</summary>
    PahoGateway,

    /// <summary>A program that receives datagrams and does nothing with them.</summary>
    BareReceiver,
}
