using Microsoft.Extensions.Logging;

namespace Edge.Gateway.Health;

/// <summary>What the talk with systemd can say. Events 1020–1029; see docs/log-events.md.</summary>
internal static partial class HealthLog
{
    [LoggerMessage(1020, LogLevel.Warning, "systemd could not be told {Message}: {Reason}")]
    public static partial void NotifyFailed(this ILogger logger, string message, string reason);

    [LoggerMessage(1021, LogLevel.Error, "The gateway is not well; systemd is not told otherwise and starts it anew after {Timeout}")]
    public static partial void NotWell(this ILogger logger, TimeSpan timeout);

    [LoggerMessage(1022, LogLevel.Information, "The gateway is well again")]
    public static partial void WellAgain(this ILogger logger);
}
