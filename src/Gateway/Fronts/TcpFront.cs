using System.Net;
using System.Net.Sockets;
using Edge.Protocols.Mqtt;
using Edge.Transports;

namespace Edge.Gateway.Fronts;

/// <summary>MQTT over plain TCP: a few threads, each with the loops of many connections.</summary>
internal sealed class TcpFront : IAsyncDisposable
{
    /// <summary>Loops where nothing else is said: half the processors, since the store, TLS and the bridges need some, too.</summary>
    private static readonly int DefaultLoops = Math.Clamp(Environment.ProcessorCount / 2, 1, 4);

    /// <summary>How long nobody is taken in after the system had no room for one more.</summary>
    private static readonly TimeSpan PauseWithoutRoom = TimeSpan.FromSeconds(1);

    private readonly MqttListener _listener;
    private readonly MqttHandler _handler;
    private readonly FrontServices _services;
    private readonly TokenBucket? _rate;
    private readonly TcpLoop[] _loops;
    private readonly TcpAcceptor _acceptor;
    private bool _isFull;

    /// <summary>Binds.</summary>
    /// <param name="listener">Where, and what holds there.</param>
    /// <param name="options">What holds for every client.</param>
    /// <param name="services">The gateway.</param>
    /// <param name="loops">How many threads; null for half as many as there are processors, 1 to 4.</param>
    /// <exception cref="StartException">The address cannot be bound.</exception>
    public TcpFront(MqttListener listener, MqttOptions options, FrontServices services, int? loops = null)
    {
        (_listener, _services) = (listener, services);
        _handler = new MqttHandler(options, services);
        _rate = TokenBucket.For(listener.Settings.MaxConnectionRate, services.Clock);
        _loops = [.. Enumerable.Range(0, loops ?? DefaultLoops).Select(_ => new TcpLoop(listener.Name, fault => services.Logger.LoopFaulted(listener.Name, fault)))];
        try
        {
            _acceptor = new TcpAcceptor(listener.Settings.Bind, _loops, OnAccepted);
        }
        catch (SocketException fault)
        {
            Array.ForEach(_loops, loop => loop.Dispose());
            throw StartException.CannotListen($"{listener.Key}.bind", listener.Settings.Bind, fault);
        }
    }

    /// <summary>Address and port that were bound.</summary>
    public IPEndPoint EndPoint => _acceptor.EndPoint;

    /// <summary>Whether every loop turns.</summary>
    public bool IsRunning => Array.TrueForAll(_loops, loop => loop.IsRunning);

    /// <summary>Takes connections in from now on.</summary>
    public void Start()
    {
        _listener.EndPoint = EndPoint;
        Array.ForEach(_loops, loop => loop.Start());
        _acceptor.Resume();
        _services.Logger.Listening(_listener.Name, EndPoint);
    }

    /// <summary>Listens no longer, and waits until each connection's loop has ended; those that do not within the limit are cut.</summary>
    public async Task StopAsync(CancellationToken limit)
    {
        _acceptor.Dispose();
        var ended = _handler.AllEndedAsync();
        await ended.WaitAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Array.ForEach(_loops, loop => loop.AbortAll());
        await ended;
    }

    /// <summary>Stops the loops.</summary>
    public ValueTask DisposeAsync()
    {
        _acceptor.Dispose();
        Array.ForEach(_loops, loop => loop.Dispose());
        return ValueTask.CompletedTask;
    }

    private bool OnAccepted(TcpAcceptor acceptor, TcpLink? link, LinkAddress remote)
    {
        var wasFull = _isFull;
        _isFull = link is null;
        if (link is null)
        {
            if (!wasFull)
            {
                _services.Logger.NoRoomForConnections(_listener.Name);
            }

            return GoesOnAt(_services.Clock.GetTimestamp() + (long)(PauseWithoutRoom.TotalSeconds * _services.Clock.TimestampFrequency));
        }

        if (_listener.Limits.Sockets.TryEnter())
        {
            link.Schedule(new Beginning(this, link, remote));
        }
        else
        {
            _services.CountUnheard(remote.ToString(), _listener.Limits.ClientsKey);
            link.Abort();
            link.Close();
        }

        return _rate is null || GoesOnAt(_rate.Take(1, _services.Clock.GetTimestamp()));
    }

    /// <returns>Whether that is now.</returns>
    private bool GoesOnAt(long timestamp)
    {
        var isNow = timestamp <= _services.Clock.GetTimestamp();
        if (!isNow)
        {
            _services.Wheel.Wake(_acceptor.Resume, timestamp);
        }

        return isNow;
    }

    private async Task RunAsync(TcpLink link, LinkAddress remote)
    {
        try
        {
            await _handler.RunAsync(_listener.Limits, link, remote.ToString());
        }
        finally
        {
            link.Close();
            _listener.Limits.Sockets.Leave();
        }
    }

    /// <summary>A connection's first turn, on its own thread.</summary>
    private sealed class Beginning(TcpFront front, TcpLink link, LinkAddress remote) : IThreadPoolWorkItem
    {
        public void Execute() => _ = front.RunAsync(link, remote);
    }
}
