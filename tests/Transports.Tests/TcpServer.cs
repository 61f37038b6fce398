using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Edge.Transports.Tests;

/// <summary>Loops with an acceptor on loopback. What a test does with a link it does on the link's loop, as its owner would.</summary>
internal sealed class TcpServer : IDisposable
{
    private readonly Channel<(TcpLink Link, LinkAddress Remote)> _accepted = Channel.CreateUnbounded<(TcpLink, LinkAddress)>();
    private readonly List<Socket> _clients = [];
    private readonly TcpLoop[] _loops;
    private readonly TcpAcceptor _acceptor;

    public TcpServer(string bind = "127.0.0.1:0", int loops = 1, Func<bool>? goesOn = null)
    {
        _loops = [.. Enumerable.Range(0, loops).Select(i => new TcpLoop($"loop {i}", Faults.Add))];
        _acceptor = new TcpAcceptor(IPEndPoint.Parse(bind), _loops, (_, link, remote) =>
        {
            _accepted.Writer.TryWrite((link!, remote));
            return goesOn?.Invoke() ?? true;
        });
        Array.ForEach(_loops, loop => loop.Start());
        _acceptor.Resume();
    }

    public IPEndPoint EndPoint => _acceptor.EndPoint;

    public TcpAcceptor Acceptor => _acceptor;

    public IReadOnlyList<TcpLoop> Loops => _loops;

    /// <summary>What the loops caught.</summary>
    public BlockingCollection<Exception> Faults { get; } = [];

    /// <summary>A client and its link, opened.</summary>
    public async Task<(Socket Client, Owned Link)> ConnectAsync()
    {
        var client = Connect(EndPoint);
        return (client, await AcceptAsync());
    }

    /// <summary>A client that may not have been taken in yet.</summary>
    public Socket Connect(IPEndPoint to)
    {
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 30_000, SendTimeout = 30_000 };
        _clients.Add(client);
        client.Connect(to);
        return client;
    }

    /// <summary>The next that was taken in, opened.</summary>
    public async Task<Owned> AcceptAsync()
    {
        var (link, remote) = await _accepted.Reader.ReadAsync(TestContext.Current.CancellationToken);
        var owned = new Owned(link, remote);
        await owned.DoAsync(() => link.Open(owned.Signal, owned.Signal));
        return owned;
    }

    public void Dispose()
    {
        _acceptor.Dispose();
        Array.ForEach(_loops, loop => loop.Dispose());
        _clients.ForEach(client => client.Dispose());
        Faults.Dispose();
    }

    /// <summary>A link and its owner.</summary>
    public sealed class Owned(TcpLink link, LinkAddress remote)
    {
        private readonly Channel<bool> _signals = Channel.CreateUnbounded<bool>();

        public TcpLink Link => link;

        public LinkAddress Remote => remote;

        public void Signal() => _signals.Writer.TryWrite(true);

        /// <summary>Waits until the link has called.</summary>
        public async Task SignalledAsync() => await _signals.Reader.ReadAsync(TestContext.Current.CancellationToken);

        public Task<T> DoAsync<T>(Func<T> action)
        {
            var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
            link.Schedule(new Work(() =>
            {
                try
                {
                    done.SetResult(action());
                }
                catch (Exception fault)
                {
                    done.SetException(fault);
                }
            }));
            return done.Task.WaitAsync(TestContext.Current.CancellationToken);
        }

        public Task DoAsync(Action action) => DoAsync(() =>
        {
            action();
            return true;
        });

        public Task SendAsync(byte[] octets) => DoAsync(() =>
        {
            octets.CopyTo(link.Enqueue(octets.Length));
            link.Flush();
        });

        /// <summary>Everything until the end, or until so many octets are there.</summary>
        public async Task<byte[]> ReceiveAsync(int atLeast = int.MaxValue)
        {
            List<byte> received = [];
            while (received.Count < atLeast)
            {
                var more = await DoAsync(() => TakeAll(received) || link.HasEnded);
                if (!more)
                {
                    await SignalledAsync();
                }
                else if (link.HasEnded)
                {
                    break;
                }
            }

            return [.. received];
        }

        private bool TakeAll(List<byte> received)
        {
            if (!link.TryReceive(out var octets))
            {
                return false;
            }

            received.AddRange(octets.ToArray());
            link.Keep(octets.Slice(octets.End), wantsMore: true);
            return true;
        }
    }

    /// <summary>Something for a loop to do.</summary>
    public sealed class Work(Action action) : IThreadPoolWorkItem
    {
        public void Execute() => action();
    }
}
