using System.Net;
using System.Net.Sockets;

namespace Edge.Transports.Tests;

/// <summary>How one thread serves many connections, and lets none of them, nor their faults, keep the others waiting.</summary>
public sealed class TcpLoopTests
{
    [Fact]
    public async Task Work_is_done_in_the_order_in_which_it_was_asked_for()
    {
        using var server = new TcpServer();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        List<int> order = [];
        for (var i = 0; i < 1_000; i++)
        {
            var number = i;
            server.Loops[0].Schedule(new TcpServer.Work(() => order.Add(number)));
        }

        server.Loops[0].Schedule(new TcpServer.Work(done.SetResult));
        await done.Task.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(0, 1_000), order);
    }

    [Fact]
    public async Task Work_that_asks_for_more_of_itself_for_ever_holds_up_no_connection()
    {
        using var server = new TcpServer();
        var (socket, link) = await server.ConnectAsync();
        var isOver = false;
        TcpServer.Work? again = null;
        again = new TcpServer.Work(() =>
        {
            if (!Volatile.Read(ref isOver))
            {
                server.Loops[0].Schedule(again!);
            }
        });
        server.Loops[0].Schedule(again);

        socket.Send("hello"u8);
        Assert.Equal("hello"u8.ToArray(), await link.ReceiveAsync(5));
        Volatile.Write(ref isOver, true);
    }

    [Fact]
    public async Task Who_holds_wake_ups_back_wakes_the_loop_when_its_turn_is_over()
    {
        using var server = new TcpServer();
        var wakes = new HeldWakes();
        for (var turn = 0; turn < 100; turn++)
        {
            var isDone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            wakes.Begin();
            server.Loops[0].Schedule(new TcpServer.Work(isDone.SetResult));
            wakes.End();
            await isDone.Task.WaitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_fault_of_one_is_told_and_the_others_go_on()
    {
        using var server = new TcpServer();
        var faulty = server.Connect(server.EndPoint);
        var (socket, link) = (faulty, await server.AcceptAsync());
        server.Loops[0].Schedule(new TcpServer.Work(() => throw new InvalidOperationException("on purpose")));

        Assert.Equal("on purpose", server.Faults.Take(TestContext.Current.CancellationToken).Message);
        socket.Send("hello"u8);
        Assert.Equal("hello"u8.ToArray(), await link.ReceiveAsync(5));
        Assert.True(server.Loops[0].IsRunning);
    }

    [Fact]
    public async Task Connections_go_to_the_loops_in_turn()
    {
        using var server = new TcpServer(loops: 3);
        List<int> threads = [];
        for (var i = 0; i < 6; i++)
        {
            var (_, link) = await server.ConnectAsync();
            threads.Add(await link.DoAsync(() => Environment.CurrentManagedThreadId));
        }

        Assert.Equal(3, threads.Distinct().Count());
        Assert.Equal(threads[..3], threads[3..]);
    }

    [Fact]
    public async Task Who_comes_while_nobody_may_waits_until_it_goes_on()
    {
        var mayGoOn = false;
        using var server = new TcpServer(goesOn: () => mayGoOn);
        var first = server.Connect(server.EndPoint);
        await server.AcceptAsync();

        // The system takes it in, the loop does not: two rounds of the loop later nothing has come.
        var second = server.Connect(server.EndPoint);
        var accepting = server.AcceptAsync();
        await RoundAsync(server);
        await RoundAsync(server);
        Assert.False(accepting.IsCompleted);

        mayGoOn = true;
        server.Acceptor.Resume();
        var link = await accepting;
        Assert.Equal(((IPEndPoint)second.LocalEndPoint!).Port, link.Remote.ToEndPoint().Port);
        Assert.True(first.Connected);
    }

    [Fact]
    public async Task Cut_every_connection_ends_and_its_owner_is_told()
    {
        using var server = new TcpServer(loops: 2);
        var (one, itsLink) = await server.ConnectAsync();
        var (other, otherLink) = await server.ConnectAsync();

        Array.ForEach([.. server.Loops], loop => loop.AbortAll());
        Assert.Empty(await itsLink.ReceiveAsync());
        Assert.Empty(await otherLink.ReceiveAsync());

        await itsLink.DoAsync(itsLink.Link.Close);
        await otherLink.DoAsync(otherLink.Link.Close);
        Assert.Throws<SocketException>(() => one.Receive(new byte[1]));
        Assert.Throws<SocketException>(() => other.Receive(new byte[1]));
    }

    [Fact]
    public async Task Stopped_it_closes_what_is_connected_and_listens_no_longer()
    {
        var server = new TcpServer();
        var (socket, _) = await server.ConnectAsync();
        var endPoint = server.EndPoint;

        server.Acceptor.Dispose();
        server.Loops[0].Dispose();

        Assert.Equal(0, socket.Receive(new byte[1]));
        using var late = new Socket(SocketType.Stream, ProtocolType.Tcp);
        Assert.Equal(SocketError.ConnectionRefused, Assert.Throws<SocketException>(() => late.Connect(endPoint)).SocketErrorCode);
        server.Dispose();
    }

    [Fact]
    public void An_address_in_use_is_said_at_once()
    {
        using var server = new TcpServer();

        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(() => new TcpServer(server.EndPoint.ToString())).SocketErrorCode);
    }

    private static async Task RoundAsync(TcpServer server)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Loops[0].Schedule(new TcpServer.Work(done.SetResult));
        await done.Task.WaitAsync(TestContext.Current.CancellationToken);
    }
}
