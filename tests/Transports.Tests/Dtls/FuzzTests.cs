using System.Net;
using Edge.Transports.Dtls;
using Org.BouncyCastle.Tls;
using Org.BouncyCastle.Tls.Crypto.Impl.BC;

namespace Edge.Transports.Tests.Dtls;

/// <summary>Anything at all may come from anywhere.</summary>
public sealed class FuzzTests
{
    [Fact]
    public async Task ClientHellos()
    {
        var cookies = new DtlsCookies(new BcTlsCrypto(), TimeProvider.System);
        var address = LinkAddress.From(new IPEndPoint(IPAddress.Loopback, 7));
        var good = (await FlightsAsync()).TakeWhile(datagram => datagram[13] == 1).ToArray();

        Fuzzing.Run(good, (octets, _) =>
        {
            if (DtlsRecord.TryRead(octets, out var record) && record.IsClientHello)
            {
                Assert.Equal(32, record.ClientRandom.Length);
                cookies.Verify(address, octets, new Answer(octets.Length));
            }
        }, DtlsLink.MaxDatagramSize);
    }

    [Fact]
    public async Task Handshakes_and_associations()
    {
        using var server = new EchoServer(options: new DtlsLinkOptions { HandshakeTimeout = TimeSpan.FromSeconds(1) });
        using var client = new DtlsClient(server.Port);
        using var attacker = new DtlsClient(server.Port);
        await client.ConnectAsync(1, withConnectionId: true);
        Assert.Equal("before", client.Echo("before"));
        await attacker.ConnectAsync(2);
        var hello = attacker.Sent.Last(datagram => datagram[0] == 22 && datagram[13] == 1);
        byte[][] good = [.. attacker.Sent, .. client.Sent];
        attacker.GoodBye(); // So that its ClientHello begins a handshake, again and again.
        await server.WhenAsync(() => server.Link.AssociationCounters.Associations == 1);

        await Fuzzing.RunAsync(good, async (octets, random) =>
        {
            attacker.SendRaw(hello);
            attacker.SendRaw(attacker.Sent[random.Next(attacker.Sent.Count)]);
            attacker.SendRaw(octets.AsSpan(0, Math.Min(octets.Length, 60_000)));
            client.SendRaw(octets.AsSpan(0, Math.Min(octets.Length, 60_000)));
            await server.OnLoopAsync(_ => { });
        });

        client.PassOver();
        Assert.Equal("after", client.Echo("after"));
        using var late = new DtlsClient(server.Port);
        await late.ConnectAsync(3);
        Assert.Equal("in", late.Echo("in"));
        Assert.NotEqual(0, server.Link.AssociationCounters.Failed);
        Assert.Equal(3, server.Link.AssociationCounters.Established);
        Assert.Equal(["before", "after", "in"], server.Received.Select(datagram => datagram.Text));
    }

    /// <summary>What a client sends until it is there.</summary>
    private static async Task<IReadOnlyList<byte[]>> FlightsAsync()
    {
        using var server = new EchoServer();
        using var client = new DtlsClient(server.Port);
        await client.ConnectAsync(1, withConnectionId: true);
        return client.Sent;
    }

    /// <summary>What is sent to who has not shown that it receives must not be longer than what came.</summary>
    private sealed class Answer(int most) : DatagramSender
    {
        public int GetSendLimit() => most;

        public void Send(byte[] buf, int off, int len) => Assert.InRange(len, 1, most);

        public void Send(ReadOnlySpan<byte> buffer) => Assert.InRange(buffer.Length, 1, most);
    }
}
