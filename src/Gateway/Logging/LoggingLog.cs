using Microsoft.Extensions.Logging;

namespace Edge.Gateway.Logging;

/// <summary>What the log says of itself. Events 1200–1299; see docs/log-events.md.</summary>
internal static partial class LoggingLog
{
    [LoggerMessage(1200, LogLevel.Warning, "{Lost} log lines were dropped because the log was not read fast enough")]
    public static partial void LinesLost(this ILogger logger, long lost);
}
