using Edge.Gateway.Configuration;
using Edge.Gateway.Health;
using Microsoft.Extensions.Logging;

namespace Edge.Gateway;

/// <summary>Runs the gateway from its settings until it is told to stop.</summary>
internal static class GatewayHost
{
    /// <summary>Runs until <paramref name="stopping"/>.</summary>
    /// <returns>0 when it ran well, 1 when it could not start or go on; the log then says why.</returns>
    public static async Task<int> RunAsync(GatewaySettings settings, ILoggerFactory log, CancellationToken stopping)
    {
        var logger = log.CreateLogger("Edge.Gateway");
        using var manager = ServiceManager.OfProcess(logger);
        logger.Ready(settings.Name, "nothing yet");
        manager.Ready("ready");
        await Watchdog.RunAsync(manager, _ => ValueTask.FromResult(true), TimeProvider.System, logger, stopping);
        manager.Stopping();
        logger.Stopped();
        return 0;
    }
}
