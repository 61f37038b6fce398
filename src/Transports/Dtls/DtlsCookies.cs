using Org.BouncyCastle.Tls;
using Org.BouncyCastle.Tls.Crypto;

namespace Edge.Transports.Dtls;

/// <summary>Has whoever begins a handshake show first that it receives at its address, without remembering anything (RFC 6347 §4.2.1).</summary>
/// <remarks>A HelloVerifyRequest has 60 octets, the shortest ClientHello 64: nothing is longer than what asked for it.</remarks>
internal sealed class DtlsCookies(TlsCrypto crypto, TimeProvider clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly byte[] _octets = new byte[DtlsLink.MaxDatagramSize];
    private DtlsVerifier _current = new(crypto);
    private DtlsVerifier? _former;
    private long _since = clock.GetTimestamp();

    /// <summary>Looks at a ClientHello; one without a right cookie is answered with one.</summary>
    /// <param name="client">Where it comes from.</param>
    /// <param name="datagram">The ClientHello.</param>
    /// <param name="sender">Sends the answer.</param>
    /// <returns>What a handshake begins with; null when the cookie was not right.</returns>
    public DtlsRequest? Verify(LinkAddress client, ReadOnlySpan<byte> datagram, DatagramSender sender)
    {
        Renew();
        Span<byte> id = stackalloc byte[32];
        id = id[..client.Write(id, System.Net.Sockets.AddressFamily.InterNetworkV6)];
        var address = id.ToArray();
        datagram.CopyTo(_octets);
        try
        {
            return _former?.VerifyRequest(address, _octets, 0, datagram.Length, Nobody.Instance)
                ?? _current.VerifyRequest(address, _octets, 0, datagram.Length, sender);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // What is in a ClientHello anybody may have written; the library takes some of it for faults of its own, and one would end the process.
            return null;
        }
    }

    /// <summary>A new key now and then; cookies of the last one hold for as long again.</summary>
    private void Renew()
    {
        if (clock.GetElapsedTime(_since) >= Lifetime)
        {
            (_former, _current, _since) = (_current, new DtlsVerifier(crypto), clock.GetTimestamp());
        }
    }

    private sealed class Nobody : DatagramSender
    {
        public static Nobody Instance { get; } = new();

        public int GetSendLimit() => DtlsLink.MaxHandshakeDatagram;

        public void Send(byte[] buf, int off, int len)
        {
        }

        public void Send(ReadOnlySpan<byte> buffer)
        {
        }
    }
}
