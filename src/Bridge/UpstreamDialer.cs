using System.Net;
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
    public static async Task<Stream> ConnectAsync(BridgeOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        var tls = options.Address.Scheme == SchemeWithTls ? TlsFor(options) : null;
        var stream = new NetworkStream(await ConnectSocketAsync(options, clock, cancellation), ownsSocket: true);
        if (tls is null)
        {
            return stream;
        }

        var secured = new SslStream(stream);
        try
        {
            await secured.AuthenticateAsClientAsync(tls, cancellation);
            return secured;
        }
        catch
        {
            await secured.DisposeAsync();
            throw;
        }
    }

    /// <summary>Tries every address of the host. Each has its share of the time, so that one that does not answer leaves some to the next.</summary>
    private static async Task<Socket> ConnectSocketAsync(BridgeOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        // The resolver may not heed the token, but we do.
        var addresses = await Dns.GetHostAddressesAsync(options.Address.IdnHost, cancellation).WaitAsync(cancellation);
        for (var i = 0; ; i++)
        {
            using var share = new CancellationTokenSource(options.ConnectTimeout / addresses.Length, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(share.Token, cancellation);
            var socket = new Socket(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(addresses[i], options.Address.Port, either.Token);
                return socket;
            }
            catch (Exception failure)
            {
                socket.Dispose();
                if (i + 1 == addresses.Length || cancellation.IsCancellationRequested || failure is not (SocketException or OperationCanceledException))
                {
                    throw;
                }
            }
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
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(LoadCertificate(certificateFile, keyFile), chain, offline: true);
        }

        return tls;
    }

    private static X509Certificate2 LoadCertificate(string certificateFile, string keyFile)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        }
        catch (ArgumentException fault)
        {
            // For some kinds of key the framework says so that certificate and key do not belong together.
            throw new CryptographicException(fault.Message, fault);
        }
    }
}
