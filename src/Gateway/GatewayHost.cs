using Edge.Gateway.Configuration;
using Edge.Gateway.Health;
using Microsoft.Extensions.Logging;

namespace Edge.Gateway;

/// <summary>Runs the gateway from its settings until it is told to stop.</summary>
internal static class GatewayHost
{
    /// <summary>Runs until <paramref name="stopping"/>.</summary>
    /// <returns>0 when it ran well, 1 when it could not start; the log then says why and what to do.</returns>
    public static async Task<int> RunAsync(GatewaySettings settings, ILoggerFactory log, CancellationToken stopping)
    {
        var logger = log.CreateLogger("Edge.Gateway");
        var clock = TimeProvider.System;
        using var manager = ServiceManager.OfProcess(logger);
        try
        {
            await using var gateway = await RunningGateway.StartAsync(settings, log, clock);
            logger.Ready(settings.Name, gateway.Listeners);
            manager.Ready(gateway.Listeners);
            await Watchdog.RunAsync(manager, gateway.IsWellAsync, clock, logger, stopping);
            manager.Stopping();
        }
        catch (StartException fault)
        {
            logger.CannotStart(fault.Message);
            return Commands.ExitCode.RuntimeFault;
        }

        logger.Stopped();
        return Commands.ExitCode.Success;
    }
}
