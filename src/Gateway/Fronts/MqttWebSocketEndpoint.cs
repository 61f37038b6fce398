using System.Net;
using Microsoft.AspNetCore.Http;

namespace Edge.Gateway.Fronts;

/// <summary>Takes WebSocket connections in for MQTT (MQTT 5.0 §6).</summary>
internal sealed class MqttWebSocketEndpoint(MqttHandler handler, FrontServices services)
{
    /// <summary>Sub-protocols, the first for every version since 3.1.1 ([MQTT-6.0.0-3]), the other by which clients of MQTT 3.1 ask.</summary>
    private static readonly string[] SubProtocols = ["mqtt", "mqttv3.1"];

    /// <summary>Answers one request, and serves the connection to its end when it became a WebSocket.</summary>
    public async Task ServeAsync(HttpContext context)
    {
        var listener = context.Features.Get<MqttListener>()!;
        var offered = context.WebSockets.WebSocketRequestedProtocols;
        if (!string.Equals(context.Request.Path.Value, listener.Settings.Path, StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        else if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            context.Response.Headers.Upgrade = "websocket";
        }
        else if (listener.RefusesForeignPages && IsForeignPage(context, out var origin))
        {
            services.Logger.PageRefused(origin);
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
        }
        else if (SubProtocols.FirstOrDefault(offered.Contains) is { } subProtocol)
        {
            await ServeAsync(context, listener.Limits, subProtocol);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        }
    }

    /// <summary>Whether a browser on this machine asks for a page from elsewhere. Browsers say where a page is from; other programs say nothing or what they like.</summary>
    private static bool IsForeignPage(HttpContext context, out string origin)
    {
        origin = context.Request.Headers.Origin.ToString();
        return origin.Length > 0
            && IPAddress.IsLoopback(context.Connection.RemoteIpAddress!)
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.IsLoopback);
    }

    private async Task ServeAsync(HttpContext context, ListenerLimits limits, string subProtocol)
    {
        var connection = context.Connection;
        var remote = new IPEndPoint(connection.RemoteIpAddress!, connection.RemotePort);
        using var socket = await context.WebSockets.AcceptWebSocketAsync(subProtocol);
        var transport = new WebSocketTransport(socket, (reason, octets) => services.CountRefused(reason, octets, remote.ToString()));
        var pumping = transport.RunAsync();
        await handler.RunAsync(limits, new PipeLink(transport, context.Abort), remote.ToString(), connection.ClientCertificate);
        await transport.CloseAsync(services.Clock, context.Abort);
        await pumping;
    }
}
