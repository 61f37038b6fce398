namespace Edge.Transports.Native;

/// <summary>Has a loop return from <c>poll</c>: any thread asks for it, and what was asked for more than once is one.</summary>
internal sealed unsafe class WakeUp : IDisposable
{
    private readonly SafeDescriptor _event = Libc.NewEvent();
    private int _isAsked;

    /// <summary>For <c>poll</c>, which finds it readable when somebody asked.</summary>
    public int Descriptor => (int)_event.DangerousGetHandle();

    public bool IsClosed => _event.IsClosed;

    /// <summary>Asks for it. Harmless once it is closed.</summary>
    public void Ask()
    {
        if (Interlocked.Exchange(ref _isAsked, 1) != 0)
        {
            return;
        }

        var one = 1UL;
        try
        {
            _ = Libc.Write(_event, &one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // Closed meanwhile: there is nobody left to wake.
        }
    }

    /// <summary>Takes note of it, when <c>poll</c> found it readable.</summary>
    public void Take()
    {
        var count = 0UL;
        _ = Libc.Read(_event, &count, sizeof(ulong));

        // After the read: who comes in between writes again, or has its work seen by the loop, which looks after this call.
        Interlocked.Exchange(ref _isAsked, 0);
    }

    public void Dispose() => _event.Dispose();
}
