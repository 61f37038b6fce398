using System.Security.Cryptography.X509Certificates;
using Edge.Gateway.Fronts.Tls;
using Edge.Messaging;
using Edge.Protocols.Mqtt;
using Edge.Protocols.Mqtt.Codec;
using Edge.Transports;

namespace Edge.Gateway.Fronts;

/// <summary>Gives each connection its peer and its loop, whatever carries its octets.</summary>
internal sealed class MqttHandler(MqttOptions options, FrontServices services)
{
    private readonly TaskCompletionSource _allEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running = 1;

    /// <summary>Runs a connection to its end.</summary>
    /// <param name="limits">What holds for the listener.</param>
    /// <param name="link">Octets in and out.</param>
    /// <param name="remote">Where the other side is, such as <c>192.0.2.7:50123</c>.</param>
    /// <param name="certificate">The client's certificate, found valid; or null.</param>
    public async Task RunAsync(ListenerLimits limits, IStreamLink link, string remote, X509Certificate2? certificate = null)
    {
        ClientCertificate? client = null;
        if (certificate is not null && !CertificateNames.TryRead(certificate, out client))
        {
            services.Logger.ClientCertificateRefused(remote, "", "its names are not encoded as they must be");
            return;
        }

        Interlocked.Increment(ref _running);
        try
        {
            var peer = new MqttConnection(options, services.Clock, remote, client);
            await new StreamDriver<MqttReply>(peer, services, limits, remote, link, MqttFramer.TryRead, options.MaxPacketSize).RunAsync();
        }
        catch (Exception fault)
        {
            services.Logger.ConnectionFaulted(remote, fault);
        }
        finally
        {
            EndOne();
        }
    }

    /// <summary>Completes when every connection's loop has ended; no more may begin. Called once.</summary>
    public Task AllEndedAsync()
    {
        EndOne();
        return _allEnded.Task;
    }

    private void EndOne()
    {
        if (Interlocked.Decrement(ref _running) == 0)
        {
            _allEnded.TrySetResult();
        }
    }
}
