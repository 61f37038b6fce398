using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Edge.Bridge;

/// <summary>Opens connections to upstream: TCP for <c>mqtt</c>, TLS for <c>mqtts</c>, where upstream's certificate must bear the host name.</summary>
/// <remarks>Certificates are read from their files each time, so that a renewed one is used from the next connection on.</remarks>
internal static class UpstreamDialer
{
    private const string SchemeWithTls = "mqtts";

    /// <summary>Whether a failure has its cause outside this program: the network, upstream, a file.</summary>
    public static bool IsOutside(Exception failure) =>
        failure is IOException or SocketException or AuthenticationException or CryptographicException or UnauthorizedAccessException;

    /// <summary>Connects.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled first.</exception>
    public static async Task<Stream> ConnectAsync(BridgeOptions options, CancellationToken cancellation)
    {
        var tls = options.Address.Scheme == SchemeWithTls ? TlsFor(options) : null;
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            // The resolver may not heed the token, but we do; the socket is closed then.
            await socket.ConnectAsync(options.Address.IdnHost, options.Address.Port, cancellation).AsTask().WaitAsync(cancellation);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (tls is not null)
            {
                var secured = new SslStream(stream);
                stream = secured;
                await secured.AuthenticateAsClientAsync(tls, cancellation);
            }

            return stream;
        }
        catch
        {
            await (stream?.DisposeAsync() ?? default);
            socket.Dispose();
            throw;
        }
    }

    private static SslClientAuthenticationOptions TlsFor(BridgeOptions options)
    {
        var tls = new SslClientAuthenticationOptions { TargetHost = options.Address.IdnHost };
        if (options.CaFile is { } caFile)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPemFile(caFile);
            tls.CertificateChainPolicy = policy;
        }

        if (options is { CertificateFile: { } certificateFile, KeyFile: { } keyFile })
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(certificateFile);
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(
                X509Certificate2.CreateFromPemFile(certificateFile, keyFile), chain, offline: true);
        }

        return tls;
    }
}
