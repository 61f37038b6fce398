using System.Collections.Concurrent;
using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Transports;

namespace Edge.Gateway.Fronts;

/// <summary>The loop of one datagram link with all the nodes behind it: one thread that receives a batch, lets the peers speak, sends a batch.</summary>
/// <remarks>A node is remembered while it has a session or a step of its conversation is awaited; datagrams of others cost nothing that lasts.</remarks>
/// <param name="name">What the front is called in logs.</param>
/// <param name="link">The link; the front closes it.</param>
/// <param name="newPeer">Makes the peer of a node that was not known.</param>
/// <param name="services">The gateway.</param>
/// <param name="limits">What holds for the listener.</param>
/// <param name="beacon">What it says without being asked, or null.</param>
/// <param name="identities">Who is at an address; null where the link does not tell.</param>
internal sealed class DatagramFront<TReply>(
    string name, IDatagramLink link, Func<LinkAddress, IPeer<TReply>> newPeer, FrontServices services, ListenerLimits limits,
    Beacon? beacon = null, IClientIdentities? identities = null) : IDisposable
{
    /// <summary>Nodes without a session that may be remembered at once, against floods from invented addresses.</summary>
    private const int MaxStrangers = 10_000;

    /// <summary>Nodes that are remembered although there is nothing to remember of them: who publishes without a connection will soon do it again.</summary>
    private const int MaxPassersBy = 256;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    /// <summary>How soon a beacon that reached nobody is tried again.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(3);

    private readonly Dictionary<LinkAddress, DatagramDriver<TReply>> _drivers = [];
    private readonly Queue<DatagramDriver<TReply>> _passersBy = new();
    private readonly ConcurrentQueue<DatagramDriver<TReply>> _ready = new();
    private readonly Thread _thread = new(static front => ((DatagramFront<TReply>)front!).Run()) { IsBackground = true, Name = name };
    private long _nextBeacon = long.MinValue;
    private volatile bool _isStopping;

    /// <summary>Where it listens.</summary>
    public LinkAddress Local => link.Local;

    /// <summary>Whether the loop turns.</summary>
    public bool IsRunning => _thread.IsAlive;

    /// <summary>Starts the loop.</summary>
    public void Start()
    {
        services.Logger.Listening(name, Local);
        _thread.Start(this);
    }

    /// <summary>Room for a datagram to a node, sent at the end of the turn.</summary>
    public Span<byte> Enqueue(LinkAddress to, int size) => link.Enqueue(to, size);

    /// <summary>Says of a client all that is known of it.</summary>
    public ConnectRequest Identify(ConnectRequest request, LinkAddress address) => identities?.Identify(request, address) ?? request;

    /// <summary>The user that who is at an address has proved to be; null for none.</summary>
    public string? UserAt(LinkAddress address) => identities?.UserAt(address);

    /// <summary>Has a node's driver take a turn soon. From any thread.</summary>
    public void MakeReady(DatagramDriver<TReply> driver)
    {
        _ready.Enqueue(driver);
        link.Wake();
    }

    /// <summary>Stops the loop after what is at hand, and closes the link.</summary>
    public void Dispose()
    {
        _isStopping = true;
        link.Wake();
        if (_thread.IsAlive)
        {
            _thread.Join(StopLimit);
        }

        link.Dispose();
    }

    private void Run()
    {
        while (!_isStopping)
        {
            var count = link.Receive(LongestWait);
            for (var i = 0; i < count; i++)
            {
                OnDatagram(link.Sender(i), link.Datagram(i));
            }

            TakeTurns();
            SpeakUp();
            link.Flush();
        }

        TakeTurns();
        link.Flush();
    }

    private void SpeakUp()
    {
        if (beacon is null)
        {
            return;
        }

        var now = services.Clock.GetTimestamp();
        if (now < _nextBeacon)
        {
            return;
        }

        var receivers = beacon.Receivers();
        var wait = receivers.Count > 0 || beacon.Interval < LongestSilence ? beacon.Interval : LongestSilence;
        _nextBeacon = now + (long)(wait.TotalSeconds * services.Clock.TimestampFrequency);
        foreach (var receiver in receivers)
        {
            beacon.Datagram.CopyTo(link.Enqueue(receiver, beacon.Datagram.Length));
        }
    }

    private void OnDatagram(LinkAddress sender, ReadOnlySpan<byte> datagram)
    {
        if (!_drivers.TryGetValue(sender, out var driver))
        {
            driver = NewDriver(sender);
        }

        Hear(driver, datagram);
        if (driver.HasGivenWay)
        {
            Hear(NewDriver(sender), datagram);
        }
    }

    private DatagramDriver<TReply> NewDriver(LinkAddress address) => new(newPeer(address), services, limits, address, this);

    private void Hear(DatagramDriver<TReply> driver, ReadOnlySpan<byte> datagram)
    {
        try
        {
            driver.OnDatagram(datagram);
        }
        catch (Exception fault)
        {
            services.Logger.ConversationFaulted(driver.Address.ToString(), fault);
            driver.Stop();
        }

        Remember(driver);
    }

    private void TakeTurns()
    {
        for (var turns = _ready.Count; turns > 0 && _ready.TryDequeue(out var driver); turns--)
        {
            try
            {
                driver.Turn();
            }
            catch (Exception fault)
            {
                services.Logger.ConversationFaulted(driver.Address.ToString(), fault);
                driver.Stop();
            }

            Remember(driver);
        }
    }

    private void RememberInPassing(DatagramDriver<TReply> driver)
    {
        _drivers.TryAdd(driver.Address, driver);
        if (driver.IsPassingBy)
        {
            return;
        }

        driver.IsPassingBy = true;
        _passersBy.Enqueue(driver);
        if (_passersBy.Count > MaxPassersBy)
        {
            var first = _passersBy.Dequeue();
            first.IsPassingBy = false;
            if (first.IsForgettable)
            {
                Forget(first);
            }
        }
    }

    private void Forget(DatagramDriver<TReply> driver)
    {
        if (_drivers.TryGetValue(driver.Address, out var known) && known == driver)
        {
            _drivers.Remove(driver.Address);
        }
    }

    private void Remember(DatagramDriver<TReply> driver)
    {
        if (driver.IsOver)
        {
            Forget(driver);
        }
        else if (driver.IsForgettable)
        {
            RememberInPassing(driver);
        }
        else if (_drivers.Count < MaxStrangers || driver.HasSession || _drivers.ContainsKey(driver.Address))
        {
            _drivers.TryAdd(driver.Address, driver);
        }
        else
        {
            services.Drops.Count(DropCause.Quota);
            driver.Stop();
        }
    }
}
