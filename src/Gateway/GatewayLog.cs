using Microsoft.Extensions.Logging;

namespace Edge.Gateway;

/// <summary>Everything the program itself can say. Events 1000–1019; see docs/log-events.md.</summary>
internal static partial class GatewayLog
{
    [LoggerMessage(1000, LogLevel.Information, "Edge gateway {Version} starts as {Name} with {Configuration}")]
    public static partial void Starting(this ILogger logger, string version, string name, string configuration);

    [LoggerMessage(1001, LogLevel.Information, "gateway ready: {Name} listens on {Listeners}")]
    public static partial void Ready(this ILogger logger, string name, string listeners);

    [LoggerMessage(1002, LogLevel.Information, "{Signal} received; stopping, a second signal ends the process at once")]
    public static partial void SignalReceived(this ILogger logger, string signal);

    [LoggerMessage(1003, LogLevel.Information, "Stopped; everything acknowledged is on disk or delivered")]
    public static partial void Stopped(this ILogger logger);

    [LoggerMessage(1004, LogLevel.Critical, "The gateway cannot start. {Fault}")]
    public static partial void CannotStart(this ILogger logger, string fault);

    [LoggerMessage(1005, LogLevel.Information, "{File} was read: {Users} users; {LetGo} clients were let go because their user is gone")]
    public static partial void UsersRead(this ILogger logger, string file, int users, int letGo);

    [LoggerMessage(1006, LogLevel.Information, "{File} was read: {Rules} rules")]
    public static partial void RulesRead(this ILogger logger, string file, int rules);

    [LoggerMessage(1007, LogLevel.Warning, "{File} was changed and is not right, so what it said before stays in force: {Faults}")]
    public static partial void FileNotTaken(this ILogger logger, string file, string faults);

    [LoggerMessage(1008, LogLevel.Information, "{File} was read: keys for tokens {Keys}; skipped: {Skipped}")]
    public static partial void TokenKeysRead(this ILogger logger, string file, string keys, string skipped);

    [LoggerMessage(1009, LogLevel.Information, "{File} was read: {Bans} bans; {Detached} clients were let go")]
    public static partial void BansRead(this ILogger logger, string file, int bans, int detached);

    [LoggerMessage(1010, LogLevel.Critical, "The gateway ends by a fault of its own; please report it with this log")]
    public static partial void Failed(this ILogger logger, Exception fault);
}
