using System.Net;
using Edge.Protocols.Mqtt;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Edge.Gateway.Fronts;

/// <summary>MQTT over TCP on Kestrel.</summary>
internal sealed class MqttTcpListener : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly MqttTcpHandler _handler;

    private MqttTcpListener(WebApplication server, MqttTcpHandler handler)
    {
        _server = server;
        _handler = handler;
    }

    /// <summary>Address and port that were bound.</summary>
    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.None, 0);

    /// <summary>Binds and accepts.</summary>
    /// <exception cref="IOException">The address is in use or may not be bound; the message says which.</exception>
    public static async Task<MqttTcpListener> StartAsync(IPEndPoint bind, MqttOptions options, FrontServices services)
    {
        var handler = new MqttTcpHandler(options, services);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        // What there is to say is said here: a bind that fails by the exception, a connection that fails by its handler.
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.WebHost.UseKestrelCore()
            // A loop runs where its octets arrive, and what it sends leaves from there: no thread is woken in between. It never blocks.
            .UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true)
            .ConfigureKestrel(kestrel => kestrel.Listen(bind, listen => listen.Run(handler.OnConnectedAsync)));
        var listener = new MqttTcpListener(builder.Build(), handler);
        try
        {
            await listener._server.StartAsync();
        }
        catch
        {
            await listener._server.DisposeAsync();
            throw;
        }

        listener.EndPoint = BoundEndPoint(listener._server, bind);
        services.Logger.Listening("MQTT", listener.EndPoint);
        return listener;
    }

    /// <summary>Stops accepting, and waits until each connection's loop has ended; those that do not within the limit are aborted.</summary>
    public async Task StopAsync(CancellationToken limit)
    {
        await _server.StopAsync(limit);
        await _handler.AllEndedAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static IPEndPoint BoundEndPoint(WebApplication server, IPEndPoint bind)
    {
        var addresses = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses;
        return addresses?.FirstOrDefault() is { } address ? new IPEndPoint(bind.Address, new Uri(address).Port) : bind;
    }
}
