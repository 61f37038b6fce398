using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using Edge.Transports.Native;

namespace Edge.Transports.Tests;

public sealed class UdpLinkTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly IPEndPoint Loopback = new(IPAddress.Loopback, 0);

    public static TheoryData<string> Binds => ["127.0.0.1:0", "[::1]:0"];

    [Theory, MemberData(nameof(Binds))]
    public void A_datagram_arrives_with_its_sender_and_can_be_answered(string bind)
    {
        using var one = new UdpLink(IPEndPoint.Parse(bind));
        using var other = new UdpLink(IPEndPoint.Parse(bind));
        Send(one, other.EndPoint, "hello");

        Assert.Equal(1, other.Receive(Limit));
        Assert.Equal("hello", Encoding.ASCII.GetString(other.Datagram(0)));
        Assert.Equal(LinkAddress.From(one.EndPoint), other.Sender(0));

        "world"u8.CopyTo(other.Enqueue(other.Sender(0), 5));
        other.Flush();
        Assert.Equal(1, one.Receive(Limit));
        Assert.Equal("world", Encoding.ASCII.GetString(one.Datagram(0)));
    }

    [Fact]
    public void A_dual_link_speaks_with_both_families()
    {
        using var dual = new UdpLink(new IPEndPoint(IPAddress.IPv6Any, 0));
        using var ipv4 = new UdpLink(Loopback);
        using var ipv6 = new UdpLink(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        Send(ipv4, new IPEndPoint(IPAddress.Loopback, dual.EndPoint.Port), "four");
        Send(ipv6, new IPEndPoint(IPAddress.IPv6Loopback, dual.EndPoint.Port), "six");

        var senders = ReceiveAll(dual, 2).Select(datagram => datagram.Sender).ToList();
        Assert.Equal([LinkAddress.From(ipv4.EndPoint), LinkAddress.From(ipv6.EndPoint)], senders);
        Assert.Equal(ipv4.EndPoint, senders[0].ToEndPoint());

        foreach (var sender in senders)
        {
            dual.Enqueue(sender, 1)[0] = 7;
        }

        dual.Flush();
        Assert.Equal(1, ipv4.Receive(Limit));
        Assert.Equal(1, ipv6.Receive(Limit));
    }

    [Fact]
    public void Many_datagrams_arrive_in_order_in_batches()
    {
        using var one = new UdpLink(Loopback);
        using var other = new UdpLink(Loopback);
        for (var i = 0; i < 200; i++)
        {
            BitConverter.TryWriteBytes(one.Enqueue(LinkAddress.From(other.EndPoint), 4), i);
        }

        one.Flush();

        Assert.Equal(64, other.Receive(Limit));
        Assert.Equal(63, BitConverter.ToInt32(other.Datagram(63)));
        Assert.Equal(Enumerable.Range(64, 136), ReceiveAll(other, 136).Select(datagram => BitConverter.ToInt32(datagram.Octets)));
        Assert.Equal(200, one.Counters.Sent);
        Assert.Equal(200, other.Counters.Received);
        Assert.Equal(default, other.Counters with { Received = 0 });
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(1_472), InlineData(65_507)]
    public void Any_size_arrives_whole(int size)
    {
        using var one = new UdpLink(Loopback);
        using var other = new UdpLink(Loopback);
        var sent = new byte[size];
        new Random(1).NextBytes(sent);
        for (var i = 0; i < 8; i++)
        {
            sent.CopyTo(one.Enqueue(LinkAddress.From(other.EndPoint), size));
        }

        one.Flush();

        Assert.All(ReceiveAll(other, 8), datagram => Assert.Equal(sent, datagram.Octets));
    }

    [Fact]
    public void A_datagram_larger_than_the_link_takes_is_dropped_and_counted()
    {
        using var one = new UdpLink(Loopback);
        using var other = new UdpLink(Loopback, new UdpLinkOptions { MaxDatagramSize = 4 });
        foreach (var text in new[] { "1234", "12345", "6" })
        {
            Encoding.ASCII.GetBytes(text).CopyTo(one.Enqueue(LinkAddress.From(other.EndPoint), text.Length));
        }

        one.Flush();

        Assert.Equal(["1234", "6"], ReceiveAll(other, 2).Select(datagram => Encoding.ASCII.GetString(datagram.Octets)));
        Assert.Equal((2, 1), (other.Counters.Received, other.Counters.Truncated));
    }

    [Fact]
    public void What_the_system_drops_because_the_loop_is_busy_is_counted()
    {
        using var one = new UdpLink(Loopback);
        using var other = new UdpLink(Loopback, new UdpLinkOptions { ReceiveBufferSize = 8_192 });
        for (var i = 0; i < 1_000; i++)
        {
            one.Enqueue(LinkAddress.From(other.EndPoint), 100).Fill(1);
        }

        one.Flush();
        while (other.Receive(TimeSpan.Zero) > 0)
        {
        }

        var counters = other.Counters;
        Assert.InRange(counters.Overflowed, 1, 999);
        Assert.Equal(1_000, counters.Received + counters.Overflowed);
    }

    [Fact]
    public void A_port_that_nobody_listens_on_ends_nothing()
    {
        using var one = new UdpLink(Loopback);
        using var other = new UdpLink(Loopback);
        var gone = new UdpLink(Loopback);
        gone.Dispose();
        for (var i = 0; i < 3; i++)
        {
            Send(one, gone.EndPoint, "lost");
            Assert.Equal(0, one.Receive(TimeSpan.FromMilliseconds(20)));
        }

        Send(one, other.EndPoint, "found");
        Assert.Equal(1, other.Receive(Limit));
    }

    [Fact]
    public void A_port_unreachable_that_the_system_reports_is_counted_and_loses_nothing()
    {
        using var one = new UdpLink(Loopback);
        using var other = new UdpLink(Loopback);
        var gone = new UdpLink(Loopback);
        gone.Dispose();
        ReportErrors(one);
        Send(one, gone.EndPoint, "lost");
        Send(other, one.EndPoint, "first");
        Assert.Equal("first", Encoding.ASCII.GetString(Assert.Single(ReceiveAll(one, 1)).Octets));

        Send(one, gone.EndPoint, "lost");
        one.Enqueue(LinkAddress.From(other.EndPoint), 1)[0] = 1;
        one.Enqueue(LinkAddress.From(other.EndPoint), 1)[0] = 2;
        one.Flush();

        Assert.Equal([1, 2], ReceiveAll(other, 2).Select(datagram => (int)datagram.Octets[0]));
        Assert.Equal((4, 2), (one.Counters.Sent, one.Counters.Errors));
        Assert.Equal(0, one.Counters.SendFailures);
    }

    [Fact]
    public void What_cannot_be_sent_is_counted_and_the_rest_goes_out()
    {
        using var one = new UdpLink(Loopback);
        using var other = new UdpLink(Loopback);
        one.Enqueue(LinkAddress.From(other.EndPoint), 1)[0] = 1;
        one.Enqueue(LinkAddress.From(new IPEndPoint(IPAddress.Loopback, 0)), 1)[0] = 2;
        one.Enqueue(LinkAddress.From(new IPEndPoint(IPAddress.Parse("192.0.2.77"), 1884)), 1)[0] = 3;
        one.Enqueue(LinkAddress.From(other.EndPoint), 65_508).Clear();
        one.Enqueue(LinkAddress.From(other.EndPoint), 1)[0] = 4;
        one.Flush();

        Assert.Equal([1, 4], ReceiveAll(other, 2).Select(datagram => (int)datagram.Octets[0]));
        Assert.Equal((2, 3), (one.Counters.Sent, one.Counters.SendFailures));
    }

    [Fact]
    public void An_address_of_the_wrong_family_is_a_fault_of_the_program()
    {
        using var link = new UdpLink(Loopback);

        Assert.Throws<ArgumentException>(() => Enqueue(link, new IPEndPoint(IPAddress.IPv6Loopback, 1884), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Enqueue(link, Loopback, 65_536));
    }

    [Fact]
    public void Nothing_comes_within_the_time_given()
    {
        using var link = new UdpLink(Loopback);

        Assert.Equal(0, link.Receive(TimeSpan.FromMilliseconds(20)));
        Assert.Throws<ArgumentOutOfRangeException>(() => link.Sender(0));
    }

    [Fact]
    public async Task Wake_ends_a_wait_from_another_thread()
    {
        using var link = new UdpLink(Loopback);
        var waiting = Task.Run(() => link.Receive(Timeout.InfiniteTimeSpan), TestContext.Current.CancellationToken);

        link.Wake();

        Assert.Equal(0, await waiting.WaitAsync(Limit, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Wakes_before_a_wait_are_one()
    {
        using var link = new UdpLink(Loopback);
        link.Wake();
        link.Wake();

        Assert.Equal(0, link.Receive(Timeout.InfiniteTimeSpan));
        Assert.Equal(0, link.Receive(TimeSpan.FromMilliseconds(1)));
        link.Wake();
        Assert.Equal(0, link.Receive(Timeout.InfiniteTimeSpan));
    }

    /// <summary>Work is put down before Wake, and looked for after Receive: none may be overlooked, whichever way the two race.</summary>
    [Fact]
    public async Task No_wake_is_lost_between_threads()
    {
        const int PerThread = 20_000;
        using var link = new UdpLink(Loopback);
        var put = 0;
        var loop = Task.Run(
            () =>
            {
                while (Volatile.Read(ref put) < 2 * PerThread)
                {
                    link.Receive(Timeout.InfiniteTimeSpan);
                }
            },
            TestContext.Current.CancellationToken);
        var wakers = Enumerable.Range(0, 2).Select(_ => Task.Run(
            () =>
            {
                for (var i = 0; i < PerThread; i++)
                {
                    Interlocked.Increment(ref put);
                    link.Wake();
                }
            },
            TestContext.Current.CancellationToken));

        await Task.WhenAll(wakers.Append(loop)).WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.Equal(2 * PerThread, put);
    }

    [Fact]
    public void A_closed_link_cannot_be_used_but_may_be_woken()
    {
        var link = new UdpLink(Loopback);
        link.Dispose();
        link.Dispose();

        link.Wake();

        Assert.Throws<ObjectDisposedException>(() => link.Receive(TimeSpan.Zero));
        Assert.Throws<ObjectDisposedException>(link.Flush);
    }

    [Fact]
    public void A_port_in_use_is_refused()
    {
        using var link = new UdpLink(Loopback);

        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(() => new UdpLink(link.EndPoint)).SocketErrorCode);
    }

    [Theory]
    [InlineData(0), InlineData(65_508)]
    public void A_size_that_cannot_be_is_refused(int size) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new UdpLink(Loopback, new UdpLinkOptions { MaxDatagramSize = size }));

    [Fact]
    public void Receiving_and_sending_allocate_nothing()
    {
        using var one = new UdpLink(Loopback);
        using var other = new UdpLink(Loopback);
        var address = LinkAddress.From(other.EndPoint);
        var known = new Dictionary<LinkAddress, int> { [LinkAddress.From(one.EndPoint)] = 7 };

        Assert.Equal(0, Allocations.PerCall(() => Exchange(one, other, address, known)));

        static void Exchange(UdpLink one, UdpLink other, LinkAddress address, Dictionary<LinkAddress, int> known)
        {
            for (var i = 0; i < 10; i++)
            {
                one.Enqueue(address, 20).Fill(1);
            }

            one.Flush();
            for (var left = 10; left > 0;)
            {
                var count = other.Receive(Limit);
                left -= count;
                for (var i = 0; i < count; i++)
                {
                    Assert.True(known[other.Sender(i)] == 7 && other.Datagram(i).Length == 20);
                }
            }
        }
    }

    [Fact]
    public unsafe void Structures_have_the_size_that_the_system_expects()
    {
        Assert.Equal(64, sizeof(MessageHeader));
        Assert.Equal(16, sizeof(IoVector));
        Assert.Equal(8, sizeof(PollDescriptor));
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_socket")]
    private static extern ref Socket SocketOf(UdpLink link);

    /// <summary>Has the system report what does not arrive on an unconnected socket too: IP_RECVERR.</summary>
    private static void ReportErrors(UdpLink link) => SocketOf(link).SetRawSocketOption(0, 11, BitConverter.GetBytes(1));

    private static void Enqueue(UdpLink link, IPEndPoint to, int size) => link.Enqueue(LinkAddress.From(to), size).Clear();

    private static void Send(UdpLink link, IPEndPoint to, string text)
    {
        Encoding.ASCII.GetBytes(text).CopyTo(link.Enqueue(LinkAddress.From(to), text.Length));
        link.Flush();
    }

    private static List<(byte[] Octets, LinkAddress Sender)> ReceiveAll(UdpLink link, int expected)
    {
        List<(byte[], LinkAddress)> all = [];
        while (all.Count < expected)
        {
            var count = link.Receive(Limit);
            Assert.True(count > 0 || link.Counters is not { Truncated: 0, Errors: 0 }, "nothing came in time");
            for (var i = 0; i < count; i++)
            {
                all.Add((link.Datagram(i).ToArray(), link.Sender(i)));
            }
        }

        return all;
    }
}
