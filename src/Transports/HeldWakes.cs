namespace Edge.Transports;

/// <summary>Wake-ups of TCP loops that wait until another loop's turn is over.</summary>
/// <remarks>
/// So who waits at the network is answered before anybody else is set to work, and a loop that is given much in one turn is woken once for all of it. It
/// is for one thread, which must not sleep between <see cref="Begin"/> and <see cref="End"/>.
/// </remarks>
public sealed class HeldWakes
{
    [ThreadStatic]
    private static HeldWakes? _ofThread;

    private readonly List<TcpLoop> _loops = [];

    /// <summary>Holds back what the thread wakes from here on.</summary>
    public void Begin() => _ofThread = this;

    /// <summary>Wakes those that were held back; from here on none is.</summary>
    public void End()
    {
        _ofThread = null;
        foreach (var loop in _loops)
        {
            loop.Wake();
        }

        _loops.Clear();
    }

    /// <summary>Holds a loop's wake-up back, where the thread does so.</summary>
    /// <returns>False when it is to be woken now.</returns>
    internal static bool TryHold(TcpLoop loop)
    {
        if (_ofThread is not { } held)
        {
            return false;
        }

        if (!held._loops.Contains(loop))
        {
            held._loops.Add(loop);
        }

        return true;
    }
}
