using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Edge.Transports.Native;

namespace Edge.Transports.Tests;

/// <summary>What comes and goes over one TCP connection, with the system's sockets at the other end.</summary>
public sealed class TcpLinkTests
{
    [Theory]
    [InlineData("127.0.0.1:0", "127.0.0.1")]
    [InlineData("[::1]:0", "::1")]
    [InlineData("[::]:0", "127.0.0.1")]
    public async Task Octets_arrive_and_are_answered_and_it_is_known_from_where(string bind, string client)
    {
        using var server = new TcpServer(bind);
        var socket = server.Connect(new IPEndPoint(IPAddress.Parse(client), server.EndPoint.Port));
        var link = await server.AcceptAsync();

        socket.Send("hello"u8);
        Assert.Equal("hello"u8.ToArray(), await link.ReceiveAsync(5));
        await link.SendAsync([.. "world"u8]);
        Assert.Equal("world"u8.ToArray(), Receive(socket, 5));
        Assert.Equal(new IPEndPoint(IPAddress.Parse(client), ((IPEndPoint)socket.LocalEndPoint!).Port), link.Remote.ToEndPoint());
    }

    [Fact]
    public async Task Octets_and_the_end_that_come_together_are_both_seen()
    {
        using var server = new TcpServer();
        var socket = server.Connect(server.EndPoint);
        socket.Send("last words"u8);
        socket.Shutdown(SocketShutdown.Send);

        // Both are there before anybody looks.
        var link = await server.AcceptAsync();
        Assert.Equal("last words"u8.ToArray(), await link.ReceiveAsync());

        // The other direction is open yet.
        await link.SendAsync([.. "good bye"u8]);
        Assert.Equal("good bye"u8.ToArray(), Receive(socket, 8));
    }

    [Fact]
    public async Task A_reset_is_an_end()
    {
        using var server = new TcpServer();
        var (socket, link) = await server.ConnectAsync();

        socket.LingerState = new LingerOption(true, 0);
        socket.Close();

        Assert.Empty(await link.ReceiveAsync());
        await link.SendAsync([1]);
        Assert.True(link.Link.IsBroken);
        Assert.Equal(0, link.Link.Unsent);
    }

    [Fact]
    public async Task While_the_other_side_takes_nothing_in_octets_wait_and_then_all_arrive_in_order()
    {
        using var server = new TcpServer();
        var (socket, link) = await server.ConnectAsync();
        var sent = Enumerable.Range(0, 16 * 1024 * 1024).Select(i => (byte)(i / 1021)).ToArray();
        foreach (var part in sent.Chunk(100_000))
        {
            await link.SendAsync(part);
        }

        Assert.True(link.Link.IsBlocked);
        var receiving = Task.Run(() => Receive(socket, sent.Length), TestContext.Current.CancellationToken);
        while (!await link.DoAsync(link.Link.Flush))
        {
            await link.SignalledAsync();
        }

        Assert.Equal(sent, await receiving);
        Assert.False(link.Link.IsBlocked);
    }

    [Fact]
    public async Task More_than_one_call_brings_arrives_in_order()
    {
        using var server = new TcpServer();
        var (socket, link) = await server.ConnectAsync();
        var sent = Enumerable.Range(0, 16 * 1024 * 1024).Select(i => (byte)(i / 1021)).ToArray();
        var sending = Task.Run(() => socket.Send(sent), TestContext.Current.CancellationToken);

        Assert.Equal(sent, await link.ReceiveAsync(sent.Length));
        Assert.Equal(sent.Length, await sending);
    }

    [Fact]
    public async Task A_rest_that_is_kept_comes_again_before_what_arrives_later()
    {
        using var server = new TcpServer();
        var (socket, link) = await server.ConnectAsync();
        socket.Send("abcdef"u8);
        while (!await link.DoAsync(() => TryTake(link.Link, 2, wantsMore: true)))
        {
            await link.SignalledAsync();
        }

        // Nothing new: it was looked at before.
        Assert.False(await link.DoAsync(() => TryTake(link.Link, 0, wantsMore: true)));
        socket.Send("ghi"u8);
        while (!await link.DoAsync(() => TryTake(link.Link, 1, wantsMore: false)))
        {
            await link.SignalledAsync();
        }

        // It was not all looked at, so it comes again at once.
        Assert.Equal("defghi"u8.ToArray(), await link.ReceiveAsync(6));
    }

    [Fact]
    public async Task A_frame_larger_than_any_buffer_is_gathered_while_nothing_of_it_is_taken()
    {
        using var server = new TcpServer();
        var (socket, link) = await server.ConnectAsync();
        var frame = Enumerable.Range(0, 1_000_000).Select(i => (byte)(i / 7)).ToArray();
        var sending = Task.Run(() => socket.Send(frame), TestContext.Current.CancellationToken);
        byte[]? whole = null;
        while (whole is null)
        {
            var looked = await link.DoAsync(() =>
            {
                var isNew = link.Link.TryReceive(out var octets);
                if (isNew)
                {
                    whole = octets.Length == frame.Length ? octets.ToArray() : null;
                    link.Link.Keep(octets, wantsMore: true);
                }

                return isNew;
            });
            if (!looked)
            {
                await link.SignalledAsync();
            }
        }

        Assert.Equal(frame, whole);
        await sending;
    }

    [Fact]
    public async Task Aborted_it_resets_the_connection()
    {
        using var server = new TcpServer();
        var (socket, link) = await server.ConnectAsync();

        await link.DoAsync(() =>
        {
            link.Link.Abort();
            link.Link.Close();
        });

        Assert.Equal(SocketError.ConnectionReset, Assert.Throws<SocketException>(() => socket.Receive(new byte[1])).SocketErrorCode);
    }

    [Fact]
    public async Task Once_closed_it_does_nothing_any_more()
    {
        using var server = new TcpServer();
        var (socket, link) = await server.ConnectAsync();
        await link.DoAsync(link.Link.Close);
        Assert.Equal(0, socket.Receive(new byte[1]));

        Assert.False(await link.DoAsync(() => link.Link.TryReceive(out _)));
        await link.SendAsync([1, 2, 3]);
        await link.DoAsync(link.Link.Abort);
        await link.DoAsync(link.Link.Close);

        Assert.True(link.Link.HasEnded);
        Assert.Equal(0, link.Link.Unsent);
        Assert.Empty(server.Faults);
    }

    [Fact]
    public async Task Receiving_and_sending_allocate_nothing()
    {
        using var server = new TcpServer();
        var (socket, link) = await server.ConnectAsync();
        var (octets, answer) = (new byte[100], new byte[100]);

        var allocated = await link.DoAsync(() => Allocations.PerCall(
            () =>
            {
                socket.Send(octets);

                // The loop's own thread is busy here, so that nobody else says it.
                link.Link.OnReady(EpollEvents.In);
                if (!link.Link.TryReceive(out var received) || received.Length != octets.Length)
                {
                    throw new InvalidOperationException("What was sent over loopback was not there.");
                }

                link.Link.Keep(received.Slice(received.End), wantsMore: true);
                octets.CopyTo(link.Link.Enqueue(octets.Length));
                link.Link.Flush();
                socket.Receive(answer);
            }));

        Assert.Equal(0, allocated);
    }

    private static bool TryTake(TcpLink link, int count, bool wantsMore)
    {
        var isNew = link.TryReceive(out var octets);
        if (isNew)
        {
            link.Keep(octets.Slice(count), wantsMore);
        }

        return isNew;
    }

    private static byte[] Receive(Socket socket, int count)
    {
        var octets = new byte[count];
        for (var received = 0; received < count;)
        {
            var more = socket.Receive(octets.AsSpan(received));
            Assert.NotEqual(0, more);
            received += more;
        }

        return octets;
    }
}
