using System.Threading.Channels;
using Edge.Messaging;

namespace Edge.LocalBroker.Tests.Support;

/// <summary>Counts how often it was woken and remembers why it was parted.</summary>
internal sealed class RecordingSink : IDeliverySink
{
    private readonly Channel<bool> _woken = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private int _wakeUps;
    private int _detachReason = -1;

    public int WakeUps => Volatile.Read(ref _wakeUps);

    public DetachReason? Detached => Volatile.Read(ref _detachReason) is >= 0 and var reason ? (DetachReason)reason : null;

    public void OnDeliveriesWaiting()
    {
        Interlocked.Increment(ref _wakeUps);
        _woken.Writer.TryWrite(true);
    }

    public void OnDetached(DetachReason reason)
    {
        Volatile.Write(ref _detachReason, (int)reason);
        _woken.Writer.TryWrite(true);
    }

    /// <summary>Waits for a call since the last time.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _woken.Reader.ReadAsync(cancellationToken);
}
