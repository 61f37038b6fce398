using Edge.Messaging.Stores;

namespace Edge.LocalBroker;

/// <summary>Completes a publish when each of its durable receivers has the message on disk or has acknowledged it.</summary>
internal sealed class PublishReceipt : IKeptReceipt
{
    private readonly TaskCompletionSource _kept = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // One more than the receivers until the routing is done, so that a quick receiver does not complete it too soon.
    private int _missing = 1;

    public Task AllKept => _kept.Task;

    public void Expect() => Interlocked.Increment(ref _missing);

    public void Kept()
    {
        if (Interlocked.Decrement(ref _missing) == 0)
        {
            _kept.SetResult();
        }
    }
}
