using System.Net;
using System.Text;
using Edge.Transports.Dtls;

namespace Edge.Transports.Tests.Dtls;

/// <summary>A DTLS link with a loop that sends back whatever comes.</summary>
internal sealed class EchoServer : IDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly List<(Func<bool> Condition, TaskCompletionSource Held)> _waiting = [];
    private readonly List<Datagram> _received = [];
    private readonly Queue<Action<DtlsLink>> _work = new();
    private readonly Thread _loop;
    private volatile bool _isStopping;

    public EchoServer(DtlsCredentials? credentials = null, DtlsLinkOptions? options = null, TimeProvider? clock = null)
    {
        Link = new DtlsLink(new IPEndPoint(IPAddress.Loopback, 0), credentials ?? new DtlsCredentials { Psk = Keys() }, WithJournal(options ?? new()), clock);
        _loop = new Thread(Run);
        _loop.Start();
    }

    public DtlsLink Link { get; }

    public int Port => Link.Local.ToEndPoint().Port;

    public List<string> Failures { get; } = [];

    /// <summary>What came, in order.</summary>
    public Datagram[] Received
    {
        get
        {
            lock (_gate)
            {
                return [.. _received];
            }
        }
    }

    /// <summary>Keys of <c>dev1</c> to <c>dev9</c>, and no others.</summary>
    public static PskTable Keys()
    {
        Assert.True(PskTable.TryParse(string.Concat(Enumerable.Range(1, 9).Select(i => $"dev{i}:0011223344556677889900{i}{i}\n")), out var table, out _));
        return table;
    }

    /// <summary>The key of a device.</summary>
    public static byte[] KeyOf(int device) => Convert.FromHexString($"0011223344556677889900{device}{device}");

    /// <summary>Does something on the loop's thread.</summary>
    public Task OnLoopAsync(Action<DtlsLink> work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _work.Enqueue(link =>
            {
                work(link);
                done.SetResult();
            });
        }

        Link.Wake();
        return done.Task.WaitAsync(Limit, TestContext.Current.CancellationToken);
    }

    /// <summary>Waits until something holds; it is looked at whenever the loop has turned.</summary>
    public async Task WhenAsync(Func<bool> condition)
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting.Add((condition, held));
        }

        Link.Wake();
        try
        {
            await held.Task.WaitAsync(Limit, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{Link.AssociationCounters} {Link.Counters} {string.Join(" | ", Failures)}");
        }
    }

    public void Dispose()
    {
        _isStopping = true;
        Link.Wake();
        _loop.Join();
        Link.Dispose();
    }

    private DtlsLinkOptions WithJournal(DtlsLinkOptions options) => options with { HandshakeFailed = (_, reason) => Failures.Add(reason) };

    private void Run()
    {
        while (!_isStopping)
        {
            var count = Link.Receive(TimeSpan.FromSeconds(1));
            lock (_gate)
            {
                for (var i = 0; i < count; i++)
                {
                    var datagram = Link.Datagram(i);
                    _received.Add(new Datagram(Link.Sender(i), Encoding.ASCII.GetString(datagram), Link.IdentityOf(Link.Sender(i))));
                    datagram.CopyTo(Link.Enqueue(Link.Sender(i), datagram.Length));
                }

                while (_work.TryDequeue(out var work))
                {
                    work(Link);
                }

                Link.Flush();
                _waiting.RemoveAll(waiting => waiting.Condition() && waiting.Held.TrySetResult());
            }
        }
    }

    internal sealed record Datagram(LinkAddress Sender, string Text, DtlsIdentity? Identity);
}
