using System.Collections.Concurrent;
using Edge.Protocols.Mqtt;
using Edge.Protocols.Mqtt.Codec;
using Microsoft.AspNetCore.Connections;

namespace Edge.Gateway.Fronts;

/// <summary>Gives each TCP connection its peer and its loop.</summary>
internal sealed class MqttTcpHandler(MqttOptions options, FrontServices services) : ConnectionHandler
{
    private readonly ConcurrentDictionary<ConnectionContext, Task> _running = new();

    /// <inheritdoc/>
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var remote = connection.RemoteEndPoint?.ToString() ?? "an unknown address";
        var peer = new MqttConnection(options, services.Clock, remote);
        var driver = new StreamDriver<MqttReply>(peer, services, remote, connection.Transport, MqttFramer.TryRead, options.MaxPacketSize, connection.Abort);
        var running = driver.RunAsync();
        _running[connection] = running;
        try
        {
            await running;
        }
        catch (Exception fault)
        {
            services.Logger.ConnectionFaulted(remote, fault);
        }
        finally
        {
            _running.TryRemove(connection, out _);
        }
    }

    /// <summary>Completes when every connection's loop has ended.</summary>
    public Task AllEndedAsync() => Task.WhenAll(_running.Values);
}
