namespace Edge.Load.Scenarios;

/// <summary>What a load is put on beside the gateway, to compare.</summary>
internal enum PeerKind
{
    /// <summary>mosquitto.</summary>
    Mosquitto,

    /// <summary>The Paho MQTT-SN gateway in front of mosquitto.</summary>
    PahoGateway,

    /// <summary>A program that receives datagrams and does nothing with them.</summary>
    BareReceiver,

    /// <summary>libcoap's example server.</summary>
    LibCoap,

    /// <summary>libcoap's example server with DTLS by OpenSSL.</summary>
    LibCoapDtls,

    /// <summary>A server with npm's <c>coap</c>.</summary>
    NpmCoap,
}
