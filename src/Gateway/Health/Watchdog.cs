using Microsoft.Extensions.Logging;

namespace Edge.Gateway.Health;

/// <summary>Tells systemd at half its time limit that the gateway is well, and only when it is: a gateway that hangs is started anew.</summary>
internal static class Watchdog
{
    private static readonly TimeSpan LongestInterval = TimeSpan.FromHours(1);

    /// <summary>Runs until <paramref name="stopping"/>; when systemd does not watch, it only waits for that.</summary>
    /// <param name="manager">Whom to tell.</param>
    /// <param name="isWell">Looks whether the store commits and the loops turn. An answer that does not come is a no.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where a change is told.</param>
    /// <param name="stopping">Ends the watch.</param>
    public static async Task RunAsync(
        ServiceManager manager, Func<CancellationToken, ValueTask<bool>> isWell, TimeProvider time, ILogger logger, CancellationToken stopping)
    {
        var interval = manager.WatchdogTimeout is { } timeout ? TimeSpan.FromTicks(Math.Min(timeout.Ticks / 2, LongestInterval.Ticks)) : Timeout.InfiniteTimeSpan;
        using var timer = new PeriodicTimer(interval, time);
        var wasWell = true;
        Task<bool>? answer = null;
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                // One question at a time: while the last one hangs, it is the answer.
                answer ??= isWell(stopping).AsTask();
                var answered = await WithinAsync(answer, interval, time, stopping);
                answer = answered is null ? answer : null;
                var well = answered ?? false;
                if (well)
                {
                    manager.Alive();
                }

                if (!well && wasWell)
                {
                    logger.NotWell(interval * 2);
                }
                else if (well && !wasWell)
                {
                    logger.WellAgain();
                }

                wasWell = well;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The watch ends with the gateway.
        }
    }

    /// <summary>The answer, or null when it does not come in time.</summary>
    private static async Task<bool?> WithinAsync(Task<bool> answer, TimeSpan limit, TimeProvider time, CancellationToken stopping)
    {
        try
        {
            return await answer.WaitAsync(limit, time, stopping);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }
}
