namespace Edge.EndToEnd.Tests.Harness;

/// <summary>What differs from test to test in a gateway's configuration file.</summary>
internal sealed record GatewayConfiguration
{
    /// <summary>Keys with their TOML values, such as <c>mqtt.connect_timeout = "1s"</c>.</summary>
    public string[] Settings { get; init; } = [];

    /// <summary>Port of the cloud on loopback; null for a gateway without a bridge.</summary>
    public int? CloudPort { get; init; }

    /// <summary>Rules of the bridge from here to the cloud.</summary>
    public string Forward { get; init; } = """{ filter = "sensors/#", qos = 1 }""";

    /// <summary>Rules of the bridge from the cloud to here.</summary>
    public string Receive { get; init; } = """{ filter = "commands/#", qos = 1 }""";

    /// <summary>The configuration file.</summary>
    public string ToToml(GatewayProcess gateway) => $"""
        gateway.name = "edge-e2e"
        gateway.data_dir = "{gateway.DataDirectory}"
        listeners.mqtt.bind = "127.0.0.1:{gateway.MqttPort}"
        listeners.mqtts.bind = "127.0.0.1:{gateway.MqttTlsPort}"
        listeners.ws.bind = "127.0.0.1:{gateway.WebSocketPort}"
        listeners.wss.bind = "127.0.0.1:{gateway.SecureWebSocketPort}"
        listeners.mqttsn.bind = "127.0.0.1:{gateway.MqttSnPort}"
        listeners.mqttsn_dtls.bind = "127.0.0.1:{gateway.MqttSnDtlsPort}"
        listeners.coap.bind = "127.0.0.1:{gateway.CoapPort}"
        listeners.coaps.bind = "127.0.0.1:{gateway.CoapDtlsPort}"
        {string.Join('\n', Settings)}
        {(CloudPort is { } port ? ToBridge(port) : "")}
        """;

    private string ToBridge(int port) => $"""
        [[bridge]]
        name = "cloud"
        address = "mqtt://127.0.0.1:{port}"
        keep_alive = "5s"
        connect_timeout = "2s"
        acknowledge_timeout = "2s"
        reconnect_min = "50ms"
        reconnect_max = "500ms"
        forward = [ {Forward} ]
        receive = [ {Receive} ]
        """;
}
