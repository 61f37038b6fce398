using System.Net;
using Edge.Gateway.Configuration;
using Edge.LocalBroker.Access;

namespace Edge.Gateway.Fronts;

/// <summary>One address at which MQTT is served.</summary>
/// <param name="Name">What it is, for people, such as <c>MQTT over TLS</c>.</param>
/// <param name="Key">Its section of the configuration, such as <c>listeners.mqtts</c>.</param>
/// <param name="Settings">Where, with which certificates, at which path.</param>
/// <param name="IsSecure">Whether TLS lies below.</param>
/// <param name="IsWebSocket">Whether WebSocket lies below.</param>
internal sealed record MqttListener(string Name, string Key, ListenerSettings Settings, bool IsSecure = false, bool IsWebSocket = false)
{
    /// <summary>
    /// Whether web pages from elsewhere are turned away when their browser is on this machine: who is let in without a name because it is
    /// on this machine is a program of this machine, not whatever page is open there.
    /// </summary>
    public bool RefusesForeignPages { get; init; }

    /// <summary>Whether there is nothing between TCP and MQTT.</summary>
    public bool IsPlain => !IsSecure && !IsWebSocket;

    /// <summary>What holds for all its connections together.</summary>
    public required ListenerLimits Limits { get; init; }

    /// <summary>Address and port that were bound.</summary>
    public IPEndPoint EndPoint { get; set; } = Settings.Bind;

    /// <summary>The enabled listeners of a configuration, in the order in which they are bound.</summary>
    public static IReadOnlyList<MqttListener> AllOf(GatewaySettings settings, TimeProvider clock)
    {
        MqttListener[] all =
        [
            Of("MQTT", "listeners.mqtt", settings.MqttListener),
            Of("MQTT over TLS", "listeners.mqtts", settings.MqttTlsListener, isSecure: true),
            Of("MQTT over WebSocket", "listeners.ws", settings.WebSocketListener, isWebSocket: true),
            Of("MQTT over secure WebSocket", "listeners.wss", settings.SecureWebSocketListener, isSecure: true, isWebSocket: true),
        ];
        return [.. all.Where(listener => listener.Settings.Enabled)];

        MqttListener Of(string name, string key, ListenerSettings listener, bool isSecure = false, bool isWebSocket = false) =>
            new(name, key, listener, isSecure, isWebSocket)
            {
                Limits = new ListenerLimits(key, listener, settings.PublishingOfEach, clock),
                RefusesForeignPages = isWebSocket && settings.AllowAnonymous == AnonymousAccess.Loopback,
            };
    }
}
