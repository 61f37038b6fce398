using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Edge.Gateway.Fronts.Tls;
using Edge.Messaging;
using Edge.Protocols.Mqtt;
using Edge.Protocols.Mqtt.Codec;

namespace Edge.Gateway.Fronts;

/// <summary>Gives each connection its peer and its loop, whatever carries its octets.</summary>
internal sealed class MqttHandler(MqttOptions options, FrontServices services)
{
    private readonly ConcurrentDictionary<IDuplexPipe, Task> _running = new();

    /// <summary>Runs a connection to its end.</summary>
    /// <param name="limits">What holds for the listener.</param>
    /// <param name="transport">Octets in and out.</param>
    /// <param name="remoteEndPoint">Where the other side is.</param>
    /// <param name="certificate">The client's certificate, found valid; or null.</param>
    /// <param name="abort">Cuts a connection that takes nothing in any more.</param>
    public async Task RunAsync(ListenerLimits limits, IDuplexPipe transport, EndPoint? remoteEndPoint, X509Certificate2? certificate, Action abort)
    {
        var remote = remoteEndPoint?.ToString() ?? "an unknown address";
        ClientCertificate? client = null;
        if (certificate is not null && !CertificateNames.TryRead(certificate, out client))
        {
            services.Logger.ClientCertificateRefused(remote, "", "its names are not encoded as they must be");
            return;
        }

        var peer = new MqttConnection(options, services.Clock, remote, client);
        var driver = new StreamDriver<MqttReply>(peer, services, limits, remote, transport, MqttFramer.TryRead, options.MaxPacketSize, abort);
        var running = driver.RunAsync();
        _running[transport] = running;
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
            _running.TryRemove(transport, out _);
        }
    }

    /// <summary>Completes when every connection's loop has ended.</summary>
    public Task AllEndedAsync() => Task.WhenAll(_running.Values);
}
