namespace Edge.Load.Scenarios;

/// <summary>Which of the gateway's listeners a load is put on.</summary>
internal enum Front
{
    Mqtt,
    MqttSn,
    Coap,
    Coaps,
}
