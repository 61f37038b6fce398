using Microsoft.Extensions.Logging;

namespace Edge.Serial;

/// <summary>Everything serial lines can say. Events 7000–7099; see docs/log-events.md.</summary>
internal static partial class SerialLog
{
    [LoggerMessage(7000, LogLevel.Information, "Serial line {Line} is open: {Device} ({Target}) at {Baud} baud")]
    public static partial void Opened(this ILogger logger, string line, string device, string target, int baud);

    [LoggerMessage(7001, LogLevel.Warning, "Serial line {Line} is lost: {Device} was unplugged, or its driver gave it up; it is opened again as soon as it is back")]
    public static partial void Lost(this ILogger logger, string line, string device);

    [LoggerMessage(7002, LogLevel.Warning, "Serial line {Line} cannot be opened: {Device} {Reason}. It is tried again every two seconds or sooner, without a word")]
    public static partial void NotOpened(this ILogger logger, string line, string device, string reason);

    [LoggerMessage(7003, LogLevel.Debug, "Serial line {Line} still cannot be opened: {Device} {Reason}")]
    public static partial void StillNotOpened(this ILogger logger, string line, string device, string reason);

    [LoggerMessage(7004, LogLevel.Information, "Serial line {Line} is open again after {Seconds:0.0} s: {Device} ({Target}) at {Baud} baud")]
    public static partial void OpenedAgain(this ILogger logger, string line, double seconds, string device, string target, int baud);

    [LoggerMessage(7010, LogLevel.Warning, "A line on serial line {Line} {Fault}; it is dropped: {Text}. {Count} were dropped since the start; further ones of the next hour are counted only")]
    public static partial void LineMalformed(this ILogger logger, string line, string fault, string text, long count);

    [LoggerMessage(7011, LogLevel.Warning, "The broker refused a message of serial line {Line} on {Topic}: {Outcome}; further ones of the next hour are counted only")]
    public static partial void LineRefused(this ILogger logger, string line, string topic, Edge.Messaging.PublishOutcome outcome);

    [LoggerMessage(7012, LogLevel.Error, "A message of serial line {Line} on {Topic} could not be published, and is lost")]
    public static partial void LineNotPublished(this ILogger logger, string line, string topic, Exception exception);

    [LoggerMessage(7020, LogLevel.Information, "XBee radio {Radio:X16} answers on serial line {Line}")]
    public static partial void RadioAnswers(this ILogger logger, string line, ulong radio);

    [LoggerMessage(7021, LogLevel.Warning, "No XBee radio answers on serial line {Line}: its setting AP must be {Mode} and BD {Baud} baud, or api_mode and baud must be as they are set")]
    public static partial void RadioIsSilent(this ILogger logger, string line, int mode, int baud);

    [LoggerMessage(7022, LogLevel.Information, "The XBee radio on serial line {Line} {Words}")]
    public static partial void RadioSays(this ILogger logger, string line, string words);

    [LoggerMessage(7023, LogLevel.Debug, "The XBee radio on serial line {Line} could not deliver to {Radio:X16}: {Reason}")]
    public static partial void NotDelivered(this ILogger logger, string line, ulong radio, string reason);

    [LoggerMessage(7024, LogLevel.Debug, "Passed over a frame of type {Type:X2} with {Octets} octets of the XBee radio on serial line {Line}")]
    public static partial void RadioFrameIgnored(this ILogger logger, string line, byte type, int octets);
}
