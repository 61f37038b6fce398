using Microsoft.Extensions.Logging;

namespace Edge.Gateway.Health;

/// <summary>What the talk with systemd and the watch over memory can say. Events 1020–1039; see docs/log-events.md.</summary>
internal static partial class HealthLog
{
    [LoggerMessage(1020, LogLevel.Warning, "systemd could not be told {Message}: {Reason}")]
    public static partial void NotifyFailed(this ILogger logger, string message, string reason);

    [LoggerMessage(1021, LogLevel.Error, "The gateway is not well; systemd is not told otherwise and starts it anew after {Timeout}")]
    public static partial void NotWell(this ILogger logger, TimeSpan timeout);

    [LoggerMessage(1022, LogLevel.Information, "The gateway is well again")]
    public static partial void WellAgain(this ILogger logger);

    [LoggerMessage(1030, LogLevel.Warning,
        "Memory is short: {Used} of {Limit} octets are used. QoS 0 is dropped and other publishers wait until it is less than {Enough}")]
    public static partial void MemoryShort(this ILogger logger, long used, long limit, long enough);

    [LoggerMessage(1031, LogLevel.Information, "There is enough memory again: {Used} of {Limit} octets are used; {Dropped} messages were dropped meanwhile")]
    public static partial void MemoryEnough(this ILogger logger, long used, long limit, long dropped);
}
