namespace Edge.LocalBroker.Sessions;

/// <summary>Asks publishers to pause while a connected receiver falls behind, so that a burst is not dropped that would go through a moment later.</summary>
/// <remarks>
/// A pause ends when the queue is down to a quarter, and after <see cref="Patience"/> in any case: nobody waits longer for a network, and
/// not again for this receiver before it has caught up. Guarded by the lock of its session.
/// </remarks>
internal sealed class Congestion(TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private TaskCompletionSource? _relief;
    private ITimer? _patience;

    /// <summary>Whether a pause was asked for and the queue has not been down to a quarter since.</summary>
    public bool IsOn => _relief is not null;

    /// <summary>What publishers wait for; completed already when patience is over.</summary>
    public Task Pause()
    {
        if (_relief is null)
        {
            var relief = _relief = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _patience = clock.CreateTimer(_ => relief.TrySetResult(), null, Patience, Timeout.InfiniteTimeSpan);
        }

        return _relief.Task;
    }

    /// <summary>The queue is short again, or there is nobody to wait for.</summary>
    public void End()
    {
        _relief?.TrySetResult();
        _patience?.Dispose();
        (_relief, _patience) = (null, null);
    }
}
