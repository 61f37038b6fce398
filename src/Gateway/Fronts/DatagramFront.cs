using System.Collections.Concurrent;
using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Transports;

namespace Edge.Gateway.Fronts;

/// <summary>Finds the conversation that a datagram from an unknown address belongs to.</summary>
/// <returns>Null when it belongs to none that is known.</returns>
internal delegate IPeer<TReply>? FindPeer<TReply>(ReadOnlySpan<byte> datagram);

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
    /// <summary>Nodes that are remembered although there is nothing to remember of them: who publishes without a connection will soon do it again.</summary>
    private const int MaxPassersBy = 256;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    /// <summary>How soon a beacon that reached nobody is tried again.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(3);

    private readonly Dictionary<LinkAddress, DatagramDriver<TReply>> _drivers = [];

    /// <summary>Who may be found again at another address; empty without <see cref="Find"/>.</summary>
    private readonly Dictionary<IPeer<TReply>, DatagramDriver<TReply>> _conversations = [];
    private readonly Queue<DatagramDriver<TReply>> _passersBy = new();

    /// <summary>Those without a session of whose conversation something is awaited, such as copies of what they said; the oldest first.</summary>
    private readonly LinkedList<DatagramDriver<TReply>> _strangers = new();
    private readonly ConcurrentQueue<DatagramDriver<TReply>> _ready = new();
    private readonly Thread _thread = new(static front => ((DatagramFront<TReply>)front!).Run()) { IsBackground = true, Name = name };
    private int _unproven;
    private long _nextBeacon = long.MinValue;
    private volatile bool _isStopping;

    /// <summary>Who may publish without a connection; null where nobody asks.</summary>
    public UnconnectedLimits? Unconnected { get; init; }

    /// <summary>
    /// Against floods from invented addresses: nodes without a session that may be remembered at once, so that the oldest is forgotten for one more, and as
    /// many with one that have not shown that they receive.
    /// </summary>
    public int MaxStrangers { get; init; } = 10_000;

    /// <summary>Knows a node that comes from another address by what it says; null where nodes are known by their addresses alone.</summary>
    public FindPeer<TReply>? Find { get; init; }

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

    /// <summary>Takes a place for a node that has not shown that it receives, until it does or is gone; one that has needs none.</summary>
    public bool TryEnterUnproven(DatagramDriver<TReply> driver)
    {
        if (driver.Conversation.IsProven || driver.HasUnprovenPlace)
        {
            return true;
        }

        driver.HasUnprovenPlace = _unproven < MaxStrangers;
        _unproven += driver.HasUnprovenPlace ? 1 : 0;
        return driver.HasUnprovenPlace;
    }

    /// <summary>Has a node's driver take a turn soon. From any thread.</summary>
    public void MakeReady(DatagramDriver<TReply> driver)
    {
        _ready.Enqueue(driver);
        if (Environment.CurrentManagedThreadId != _thread.ManagedThreadId)
        {
            link.Wake();
        }
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
        var wakes = new HeldWakes();
        while (!_isStopping)
        {
            var count = link.Receive(_ready.IsEmpty ? LongestWait : TimeSpan.Zero);
            wakes.Begin();
            for (var i = 0; i < count; i++)
            {
                OnDatagram(link.Sender(i), link.Datagram(i));
            }

            TakeTurns();
            SpeakUp();
            link.Flush();
            wakes.End();
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
            driver = DriverFor(sender, datagram);
        }

        Hear(driver, datagram);
        if (driver.HasGivenWay)
        {
            Hear(DriverFor(sender, datagram), datagram);
        }
    }

    /// <summary>The driver of who speaks from an address that is nobody's: a new one, or that of a node which was elsewhere before.</summary>
    private DatagramDriver<TReply> DriverFor(LinkAddress address, ReadOnlySpan<byte> datagram)
    {
        if (Find?.Invoke(datagram) is { } peer && _conversations.TryGetValue(peer, out var known))
        {
            Forget(known);
            known.MoveTo(address);
            return known;
        }

        return new DatagramDriver<TReply>(newPeer(address), services, limits, address, this);
    }

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
        Add(driver);
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

    /// <summary>Has datagrams from the driver's address go to it, unless they go to another.</summary>
    private void Add(DatagramDriver<TReply> driver) => driver.IsRemembered = driver.IsRemembered || _drivers.TryAdd(driver.Address, driver);

    private void Forget(DatagramDriver<TReply> driver)
    {
        if (driver.IsRemembered)
        {
            driver.IsRemembered = false;
            _drivers.Remove(driver.Address);
        }
    }

    private void Remember(DatagramDriver<TReply> driver)
    {
        if (driver.HasUnprovenPlace && (driver.HasEnded || (!driver.HasSession && !driver.IsWaiting) || driver.Conversation.IsProven))
        {
            driver.HasUnprovenPlace = false;
            _unproven--;
        }

        if (Find is not null && driver.HasSession != driver.IsFindable)
        {
            driver.IsFindable = driver.HasSession;
            _ = driver.IsFindable ? _conversations.TryAdd(driver.Conversation, driver) : _conversations.Remove(driver.Conversation);
        }

        if (driver.IsOver)
        {
            Forget(driver);
        }
        else if (driver.IsForgettable)
        {
            RememberInPassing(driver);
        }
        else if (driver.HasSession || driver.IsRemembered || HaveRoomForStranger())
        {
            Add(driver);
        }
        else
        {
            services.Drops.Count(DropCause.Quota);
            driver.Stop();
        }

        NoteStranger(driver);
    }

    /// <summary>Whether one more without a session may be remembered. The oldest makes room, unless it waits for its session.</summary>
    private bool HaveRoomForStranger()
    {
        if (_strangers is { Count: var count, First: { Value.IsWaiting: false } oldest } && count >= MaxStrangers)
        {
            oldest.Value.Stop();
            Remember(oldest.Value);
        }

        return _strangers.Count < MaxStrangers;
    }

    private void NoteStranger(DatagramDriver<TReply> driver)
    {
        var isStranger = driver.IsRemembered && !driver.HasSession && !driver.IsForgettable;
        if (isStranger && driver.Stranger is null)
        {
            driver.Stranger = _strangers.AddLast(driver);
        }
        else if (!isStranger && driver.Stranger is { } known)
        {
            driver.Stranger = null;
            _strangers.Remove(known);
        }
    }
}
