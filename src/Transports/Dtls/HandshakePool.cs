namespace Edge.Transports.Dtls;

/// <summary>A few threads for handshakes, as the library's block. They come when they are needed and go when they are not.</summary>
/// <param name="most">Threads at most.</param>
internal sealed class HandshakePool(int most)
{
    /// <summary>A handshake needs some 20 KiB of it.</summary>
    private const int StackSize = 256 * 1024;
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(10);

    private readonly object _gate = new();
    private readonly Queue<Action> _waiting = new();
    private int _threads;
    private int _idle;
    private bool _isStopped;

    /// <summary>Runs a handshake as soon as one of the threads is free. What is run does not throw.</summary>
    public void Start(Action handshake)
    {
        lock (_gate)
        {
            _waiting.Enqueue(handshake);
            if (_idle >= _waiting.Count)
            {
                Monitor.Pulse(_gate);
            }
            else if (_threads < most)
            {
                _threads++;
                new Thread(Work, StackSize) { IsBackground = true, Name = "DTLS handshake" }.Start();
            }
        }
    }

    /// <summary>Starts nothing more; what runs comes to its end.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
            _waiting.Clear();
            Monitor.PulseAll(_gate);
        }
    }

    private void Work()
    {
        while (Take() is { } handshake)
        {
            handshake();
        }
    }

    private Action? Take()
    {
        lock (_gate)
        {
            _idle++;
            while (_waiting.Count == 0 && !_isStopped && Monitor.Wait(_gate, Linger))
            {
                // Somebody else may have taken what there was.
            }

            _idle--;
            if (_waiting.TryDequeue(out var handshake))
            {
                return handshake;
            }

            _threads--;
            return null;
        }
    }
}
