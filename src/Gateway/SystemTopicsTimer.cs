using Edge.LocalBroker;

namespace Edge.Gateway;

/// <summary>Publishes <c>$SYS/…</c> at the interval <c>gateway.sys_interval</c>, first at once.</summary>
internal sealed class SystemTopicsTimer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;

    public SystemTopicsTimer(SystemTopics topics, TimeSpan interval, TimeProvider clock) => _running = RunAsync(topics, interval, clock);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private async Task RunAsync(SystemTopics topics, TimeSpan interval, TimeProvider clock)
    {
        using var timer = new PeriodicTimer(interval, clock);
        try
        {
            do
            {
                topics.Publish();
            }
            while (await timer.WaitForNextTickAsync(_stopping.Token));
        }
        catch (OperationCanceledException)
        {
            // Stopped: the gateway ends.
        }
    }
}
