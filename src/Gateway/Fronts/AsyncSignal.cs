using System.Threading.Tasks.Sources;

namespace Edge.Gateway.Fronts;

/// <summary>Wakes one waiting loop. Signals given while it runs are remembered as one. Waiting allocates nothing.</summary>
internal sealed class AsyncSignal : IValueTaskSource
{
    private const int Idle = 0;
    private const int Waiting = 1;
    private const int Signalled = 2;

    private ManualResetValueTaskSourceCore<bool> _core;
    private int _state;

    public AsyncSignal()
    {
        SetAction = Set;
        ContinueAction = Continue;
    }

    /// <summary><see cref="Set()"/> as one delegate for ever, to hang on awaiters.</summary>
    public Action SetAction { get; }

    /// <summary><see cref="Continue"/> as one delegate for ever.</summary>
    public Action ContinueAction { get; }

    /// <summary>Wakes the loop now, or makes its next wait end at once. From any thread, which goes on at once.</summary>
    public void Set() => Set(isAsynchronous: true);

    /// <summary>As <see cref="Set()"/>, but a loop that waits runs on this thread until it waits again. For threads that have nothing else to do.</summary>
    public void Continue() => Set(isAsynchronous: false);

    /// <summary>Completes with the next signal. One waiter at a time.</summary>
    public ValueTask WaitAsync()
    {
        if (Interlocked.CompareExchange(ref _state, Idle, Signalled) == Signalled)
        {
            return default;
        }

        _core.Reset();
        if (Interlocked.CompareExchange(ref _state, Waiting, Idle) == Signalled)
        {
            Volatile.Write(ref _state, Idle);
            return default;
        }

        return new ValueTask(this, _core.Version);
    }

    void IValueTaskSource.GetResult(short token)
    {
        _core.GetResult(token);
        Interlocked.CompareExchange(ref _state, Idle, Signalled);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void Set(bool isAsynchronous)
    {
        if (Interlocked.Exchange(ref _state, Signalled) == Waiting)
        {
            _core.RunContinuationsAsynchronously = isAsynchronous;
            _core.SetResult(true);
        }
    }
}
