namespace Edge.Transports.Dtls;

/// <summary>Datagrams on their way from the loop to a thread that waits for them.</summary>
/// <param name="most">Datagrams that may wait.</param>
internal sealed class DatagramMailbox(int most)
{
    private readonly object _gate = new();
    private readonly Queue<byte[]> _datagrams = new();
    private bool _isClosed;

    /// <summary>Whether nobody shall wait any more.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_gate)
            {
                return _isClosed;
            }
        }
    }

    /// <summary>Adds a datagram; false when there are too many.</summary>
    public bool TryAdd(ReadOnlySpan<byte> datagram)
    {
        lock (_gate)
        {
            if (_isClosed || _datagrams.Count == most)
            {
                return false;
            }

            _datagrams.Enqueue(datagram.ToArray());
            Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>Takes a datagram, and waits for one if there is none; null when none came, or nobody shall wait.</summary>
    public byte[]? Take(int milliseconds)
    {
        lock (_gate)
        {
            if (_datagrams.Count == 0 && !_isClosed)
            {
                Monitor.Wait(_gate, milliseconds);
            }

            return _datagrams.TryDequeue(out var datagram) ? datagram : null;
        }
    }

    /// <summary>Takes what is there.</summary>
    public byte[][] TakeAll()
    {
        lock (_gate)
        {
            var all = _datagrams.ToArray();
            _datagrams.Clear();
            return all;
        }
    }

    /// <summary>Wakes who waits, for good.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.PulseAll(_gate);
        }
    }
}
