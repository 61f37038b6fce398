using Edge.Messaging;

namespace Edge.LocalBroker;

/// <summary>What went through the broker since it started. Read without a lock; each figure is right by itself.</summary>
public sealed class BrokerMetrics
{
    private long _received;
    private long _receivedBytes;
    private long _sent;
    private long _sentBytes;
    private long _framesReceived;
    private long _framesSent;
    private long _connected;
    private long _mostConnected;
    private long _expired;
    private long _paused;
    private readonly long[] _refused = new long[Enum.GetValues<ConnectRefusal>().Length];

    /// <summary>Messages published to the broker.</summary>
    public long MessagesReceived => Interlocked.Read(ref _received);

    /// <summary>Payload octets published to the broker.</summary>
    public long BytesReceived => Interlocked.Read(ref _receivedBytes);

    /// <summary>Messages handed to connections, repeats included.</summary>
    public long MessagesSent => Interlocked.Read(ref _sent);

    /// <summary>Payload octets handed to connections.</summary>
    public long BytesSent => Interlocked.Read(ref _sentBytes);

    /// <summary>Octets of all frames that clients sent: packets of MQTT, messages of MQTT-SN, without what carries them.</summary>
    public long FrameBytesReceived => Interlocked.Read(ref _framesReceived);

    /// <summary>Octets of all frames that were sent to clients.</summary>
    public long FrameBytesSent => Interlocked.Read(ref _framesSent);

    /// <summary>Most clients that were connected at the same time.</summary>
    public long MostConnected => Interlocked.Read(ref _mostConnected);

    /// <summary>Sessions that ended because their client did not return in time.</summary>
    public long SessionsExpired => Interlocked.Read(ref _expired);

    /// <summary>Connections that were refused, for whatever cause.</summary>
    public long ClientsRefused => Enum.GetValues<ConnectRefusal>().Sum(ClientsRefusedFor);

    /// <summary>Connections that were refused for one cause.</summary>
    public long ClientsRefusedFor(ConnectRefusal cause) => Interlocked.Read(ref _refused[(int)cause]);

    /// <summary>Counts a connection that was refused.</summary>
    public void CountRefused(ConnectRefusal cause) => Interlocked.Increment(ref _refused[(int)cause]);

    /// <summary>How often a publisher was made to wait.</summary>
    public long PublishersPaused => Interlocked.Read(ref _paused);

    /// <summary>Counts that a publisher is made to wait.</summary>
    public void CountPaused() => Interlocked.Increment(ref _paused);

    /// <summary>Counts the octets of frames.</summary>
    public void CountFrames(long received, long sent)
    {
        Interlocked.Add(ref _framesReceived, received);
        Interlocked.Add(ref _framesSent, sent);
    }

    internal void CountReceived(int bytes)
    {
        Interlocked.Increment(ref _received);
        Interlocked.Add(ref _receivedBytes, bytes);
    }

    internal void CountSent(int messages, long bytes)
    {
        Interlocked.Add(ref _sent, messages);
        Interlocked.Add(ref _sentBytes, bytes);
    }

    internal void CountConnected()
    {
        var connected = Interlocked.Increment(ref _connected);
        for (var most = MostConnected; most < connected; most = MostConnected)
        {
            Interlocked.CompareExchange(ref _mostConnected, connected, most);
        }
    }

    internal void CountDisconnected() => Interlocked.Decrement(ref _connected);

    internal void CountExpired() => Interlocked.Increment(ref _expired);
}
