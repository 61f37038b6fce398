using System.Net;
using System.Net.Sockets;
using Edge.Transports.Dtls;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Transports.Tests.Dtls;

/// <summary>What floods and idle clients cost.</summary>
public sealed class DtlsLimitTests
{
    [Fact]
    public async Task Who_has_not_shown_that_it_receives_gets_nothing_longer_than_it_sent_and_is_not_remembered()
    {
        using var server = new EchoServer();
        using var first = new DtlsClient(server.Port);
        await first.ConnectAsync(1);
        var hello = first.Sent[0];
        first.GoodBye();
        await server.WhenAsync(() => server.Link.AssociationCounters is { Associations: 0, Established: 1 });
        var sockets = Enumerable.Range(0, 200).Select(_ => Open(server)).ToArray();

        foreach (var socket in sockets)
        {
            socket.Send(hello);
            var answer = await AnswerAsync(socket);
            Assert.InRange(answer.Length, 1, hello.Length);
            Assert.Equal((22, 3), (answer[0], answer[13])); // HelloVerifyRequest.
            socket.Dispose();
        }

        Assert.Equal(0, server.Link.AssociationCounters.Associations + server.Link.AssociationCounters.Handshakes);
        using var client = new DtlsClient(server.Port);
        await client.ConnectAsync(1);
        Assert.Equal("in", client.Echo("in"));
    }

    [Theory]
    [InlineData(0, true, 2), InlineData(1, true, 2), InlineData(2, true, 3), InlineData(0, false, 3)]
    public async Task A_cookie_is_good_for_the_address_it_was_given_to_and_for_a_while(int tensOfMinutes, bool isFromThere, byte answer)
    {
        var clock = new FakeTimeProvider();
        using var server = new EchoServer(clock: clock);
        var (hello, port) = await HelloWithCookieAsync(server);
        for (var i = 0; i < tensOfMinutes; i++)
        {
            clock.Advance(TimeSpan.FromMinutes(10));
            using var anybody = Open(server);
            anybody.Send(hello);
            Assert.Equal(3, (await AnswerAsync(anybody))[13]); // HelloVerifyRequest.
        }

        using var socket = Open(server, isFromThere ? port : 0);
        socket.Send(hello);

        Assert.Equal(answer, (await AnswerAsync(socket))[13]); // ServerHello, or HelloVerifyRequest.
    }

    [Fact]
    public async Task One_address_cannot_take_all_handshakes_and_who_was_refused_gets_in_when_there_is_room()
    {
        using var server = new EchoServer(options: new DtlsLinkOptions { MaxHandshakesPerAddress = 2, HandshakeTimeout = TimeSpan.FromSeconds(1) });
        using var one = Silent(server);
        using var other = Silent(server);
        var silent = new[] { one.ConnectAsync(1), other.ConnectAsync(1) };
        await server.WhenAsync(() => server.Link.AssociationCounters.Handshakes == 2);
        using var client = new DtlsClient(server.Port);

        await client.ConnectAsync(1);

        Assert.Equal("in", client.Echo("in"));
        Assert.InRange(server.Link.AssociationCounters.Refused, 1, 100);
        Assert.InRange(server.Link.AssociationCounters.Failed, 1, 2);
        Assert.Contains(server.Failures, reason => reason.Contains("timed out", StringComparison.Ordinal));
        one.Dispose();
        other.Dispose();
        await Task.WhenAll(silent.Select(handshake => Assert.ThrowsAnyAsync<Exception>(() => handshake)));
    }

    [Fact]
    public async Task A_client_that_begins_anew_before_it_was_through_is_not_held_up_by_its_former_self()
    {
        using var server = new EchoServer(options: new DtlsLinkOptions { MaxHandshakesPerAddress = 1 });
        var hasItsAnswer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var former = Silent(server, hasItsAnswer.SetResult);
        var silent = former.ConnectAsync(1);
        await hasItsAnswer.Task.WaitAsync(EchoServer.Limit, TestContext.Current.CancellationToken); // Or what is on its way comes to the client after it.
        var port = former.EndPoint.Port;
        former.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => silent);
        using var client = new DtlsClient(server.Port, port);

        await client.ConnectAsync(1);

        Assert.Equal("in", client.Echo("in"));
        Assert.Contains("the client has begun anew", server.Failures);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task When_there_are_too_many_the_one_silent_for_longest_ends_and_is_told(bool ofOneAddress)
    {
        using var server = new EchoServer(options: ofOneAddress ? new() { MaxAssociationsPerAddress = 2 } : new() { MaxAssociations = 2 });
        using var first = new DtlsClient(server.Port);
        using var second = new DtlsClient(server.Port);
        using var third = new DtlsClient(server.Port);
        await first.ConnectAsync(1);
        await second.ConnectAsync(2);
        await server.WhenAsync(() => server.Link.AssociationCounters.Associations == 2);
        first.Echo("not I");

        await third.ConnectAsync(3);

        Assert.Equal(("a", "b"), (first.Echo("a"), third.Echo("b")));
        Assert.Null(second.ReceiveText(1_000));
        Assert.Equal(21, second.Arrived[^1][0]); // Alert.
        Assert.Equal((2, 1), (server.Link.AssociationCounters.Associations, server.Link.AssociationCounters.Expired));
    }

    [Fact]
    public async Task Who_is_silent_for_too_long_is_forgotten_and_who_is_not_stays()
    {
        var clock = new FakeTimeProvider();
        using var server = new EchoServer(options: new DtlsLinkOptions { IdleTimeout = TimeSpan.FromHours(2) }, clock: clock);
        using var silent = new DtlsClient(server.Port);
        using var awake = new DtlsClient(server.Port);
        await silent.ConnectAsync(1);
        await awake.ConnectAsync(2);
        awake.Echo("1");
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("2", awake.Echo("2"));

        clock.Advance(TimeSpan.FromHours(1));

        await server.WhenAsync(() => server.Link.AssociationCounters.Expired == 1);
        Assert.Equal("3", awake.Echo("3"));
        Assert.Equal(1, server.Link.AssociationCounters.Associations);
    }

    /// <summary>A client that returns its cookie, and then says no more.</summary>
    private static DtlsClient Silent(EchoServer server, Action? saysNoMore = null)
    {
        var client = new DtlsClient(server.Port);
        client.Outgoing = datagram =>
        {
            if (IsHello(datagram))
            {
                return [datagram];
            }

            Interlocked.Exchange(ref saysNoMore, null)?.Invoke();
            return [];
        };
        return client;
    }

    /// <summary>A ClientHello with a cookie, and the port it came from, which is free now.</summary>
    private static async Task<(byte[] Hello, int Port)> HelloWithCookieAsync(EchoServer server)
    {
        using var client = new DtlsClient(server.Port);
        await client.ConnectAsync(1);
        client.GoodBye();
        await server.WhenAsync(() => server.Link.AssociationCounters is { Associations: 0, Established: 1 });
        return (client.Sent.Last(IsHello), client.EndPoint.Port);
    }

    private static bool IsHello(byte[] datagram) => datagram[0] == 22 && datagram[3] == 0 && datagram[4] == 0 && datagram[13] == 1;

    private static Socket Open(EchoServer server, int port = 0)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        socket.Connect(new IPEndPoint(IPAddress.Loopback, server.Port));
        return socket;
    }

    private static async Task<byte[]> AnswerAsync(Socket socket)
    {
        var answer = new byte[2_000];
        var size = await socket.ReceiveAsync(answer, TestContext.Current.CancellationToken).AsTask().WaitAsync(EchoServer.Limit, TestContext.Current.CancellationToken);
        return answer[..size];
    }
}
