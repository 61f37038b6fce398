using System.Net.Security;
using System.Net.Sockets;
using Edge.Gateway.Fronts.Tls;
using Edge.Protocols.Mqtt;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Edge.Gateway.Fronts;

/// <summary>MQTT over TLS, WebSocket and secure WebSocket: one Kestrel for all of them.</summary>
internal sealed class KestrelFront : IAsyncDisposable
{
    private static readonly List<SslApplicationProtocol> HttpOnly = [SslApplicationProtocol.Http11];

    private readonly IReadOnlyList<MqttListener> _listeners;
    private readonly MqttOptions _options;
    private readonly FrontServices _services;
    private readonly MqttHandler _handler;
    private readonly List<TlsNames> _tlsNames = [];
    private readonly List<ListenOptions> _bound = [];
    private WebApplication? _server;

    private KestrelFront(IReadOnlyList<MqttListener> listeners, MqttOptions options, FrontServices services)
    {
        (_listeners, _options, _services) = (listeners, options, services);
        _handler = new MqttHandler(options, services);
    }

    /// <summary>Binds and accepts.</summary>
    /// <exception cref="StartException">An address cannot be bound, or files cannot be used.</exception>
    public static async Task<KestrelFront> StartAsync(IReadOnlyList<MqttListener> listeners, MqttOptions options, FrontServices services)
    {
        var server = new KestrelFront(listeners, options, services);
        try
        {
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops accepting, and waits until each connection's loop has ended; those that do not within the limit are aborted.</summary>
    public async Task StopAsync(CancellationToken limit)
    {
        await _server!.StopAsync(limit);
        await _handler.AllEndedAsync();
    }

    public ValueTask DisposeAsync()
    {
        _tlsNames.ForEach(names => names.Dispose());
        return _server?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    private async Task StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());

        // What there is to say is said here: a bind that fails by the exception, a connection that fails by its handler.
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.WebHost.UseKestrelCore().UseSockets(Configure).ConfigureKestrel(Configure);
        if (_listeners.Any(listener => listener.Settings.MaxConnectionRate.IsLimited))
        {
            builder.Services.AddSingleton<IConnectionListenerFactory>(services => new PacedTransport(
                new SocketTransportFactory(services.GetRequiredService<IOptions<SocketTransportOptions>>(), NullLoggerFactory.Instance),
                _listeners,
                _services.Clock));
        }

        _server = builder.Build();
        if (_listeners.Any(listener => listener.IsWebSocket))
        {
            // MQTT has a keep alive of its own.
            _server.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero });
            _server.Run(new MqttWebSocketEndpoint(_handler, _services).ServeAsync);
        }

        await _server.StartAsync();
        foreach (var (listener, bound) in _listeners.Zip(_bound))
        {
            listener.EndPoint = bound.IPEndPoint!;
            _services.Logger.Listening(listener.Name, listener.EndPoint);
        }
    }

    private void Configure(SocketTransportOptions sockets)
    {
        // A loop runs where its octets arrive, and what it sends leaves from there: no thread is woken in between. It never blocks.
        sockets.UnsafePreferInlineScheduling = true;

        // Kestrel binds in the order of the listeners.
        var unbound = new Queue<MqttListener>(_listeners);
        sockets.CreateBoundListenSocket = endPoint =>
        {
            var listener = unbound.Dequeue();
            try
            {
                return SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
            }
            catch (SocketException fault)
            {
                throw StartException.CannotListen($"{listener.Key}.bind", listener.Settings.Bind, fault);
            }
        };
    }

    private void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.RequestHeadersTimeout = _options.ConnectTimeout;
        kestrel.Limits.KeepAliveTimeout = _options.ConnectTimeout;

        // Who takes in or gives out slowly is the loop's business.
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        foreach (var listener in _listeners)
        {
            kestrel.Listen(listener.Settings.Bind, listen => Configure(listen, listener));
        }
    }

    private void Configure(ListenOptions listen, MqttListener listener)
    {
        _bound.Add(listen);
        if (listener.Settings.MaxConnections > 0)
        {
            listen.Use(next => connection => ServeIfThereIsRoomAsync(next, connection, listener));
        }

        if (listener.IsSecure)
        {
            var names = new TlsNames(listener.Key, listener.Settings.Tls, _services.Clock, _services.Logger);
            _tlsNames.Add(names);

            // Clients of MQTT that offer a name by ALPN mean many things by it; all of them get MQTT.
            List<SslApplicationProtocol> protocols = listener.IsWebSocket ? HttpOnly : [];
            listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                HandshakeTimeout = _options.ConnectTimeout,
                OnConnection = handshake =>
                {
                    var remote = $"{handshake.Connection.RemoteEndPoint}";
                    return ValueTask.FromResult(names.OptionsFor(
                        handshake.ClientHelloInfo.ServerName, protocols, (subject, reason) => _services.Logger.ClientCertificateRefused(remote, subject, reason)));
                },
            });
        }

        if (listener.IsWebSocket)
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next => connection =>
            {
                connection.Features.Set(listener);
                return next(connection);
            });
        }
        else
        {
            listen.Run(connection => _handler.RunAsync(
                listener.Limits,
                new PipeLink(connection.Transport, connection.Abort),
                $"{connection.RemoteEndPoint}",
                connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate));
        }
    }

    /// <summary>Before anything is done for a connection, its TLS handshake included.</summary>
    private async Task ServeIfThereIsRoomAsync(ConnectionDelegate next, ConnectionContext connection, MqttListener listener)
    {
        var sockets = listener.Limits.Sockets;
        if (!sockets.TryEnter())
        {
            _services.CountUnheard($"{connection.RemoteEndPoint}", listener.Limits.ClientsKey);
            connection.Abort();
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            sockets.Leave();
        }
    }
}
