using System.Threading.Tasks.Sources;
using Edge.Transports;

namespace Edge.Gateway.Fronts;

/// <summary>Wakes one waiting loop. Signals given while it runs are remembered as one. Waiting allocates nothing.</summary>
/// <param name="link">Where the loop runs on after a signal, in its turn; null for the thread pool.</param>
internal sealed class AsyncSignal(IStreamLink? link = null) : IValueTaskSource, IThreadPoolWorkItem
{
    private const int Running = 0;
    private const int Waiting = 1;
    private const int Signalled = 2;

    private ManualResetValueTaskSourceCore<bool> _core;
    private int _state;

    /// <summary>Wakes the loop now, or makes its next wait short. From any thread, which goes on at once.</summary>
    public void Set()
    {
        if (Interlocked.Exchange(ref _state, Signalled) == Waiting)
        {
            Schedule();
        }
    }

    /// <summary>As <see cref="Set"/>, but a loop that waits runs on this thread until it waits again. For threads that have nothing else to do.</summary>
    public void Continue()
    {
        if (Interlocked.Exchange(ref _state, Signalled) == Waiting)
        {
            _core.SetResult(true);
        }
    }

    /// <summary>Completes with the next signal; after one that was given before, when others have had their turn. One waiter at a time.</summary>
    public ValueTask WaitAsync()
    {
        _core.Reset();
        var wait = new ValueTask(this, _core.Version);
        if (Interlocked.CompareExchange(ref _state, Waiting, Running) == Signalled)
        {
            Schedule();
        }

        return wait;
    }

    void IThreadPoolWorkItem.Execute() => _core.SetResult(true);

    void IValueTaskSource.GetResult(short token)
    {
        _core.GetResult(token);
        Interlocked.CompareExchange(ref _state, Running, Signalled);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void Schedule()
    {
        if (link is not null)
        {
            link.Schedule(this);
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }
}
