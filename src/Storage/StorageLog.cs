using Microsoft.Extensions.Logging;

namespace Edge.Storage;

/// <summary>Everything the store can say. Events 5000–5099; see docs/log-events.md.</summary>
internal static partial class StorageLog
{
    [LoggerMessage(5000, LogLevel.Information, "Opened the store {Path} of {Octets} octets in {Elapsed}")]
    public static partial void Opened(this ILogger logger, string path, long octets, TimeSpan elapsed);

    [LoggerMessage(5001, LogLevel.Information, "Closed the store {Path}")]
    public static partial void Closed(this ILogger logger, string path);

    [LoggerMessage(5010, LogLevel.Error,
        "The store {Path} cannot be read as it is ({Reason}). Saved from it: {Sessions} sessions, {Subscriptions} subscriptions, "
        + "{Retained} retained messages, {Delayed} delayed messages, {Messages} queued messages. Its files were set aside as {SetAside}")]
    public static partial void Salvaged(
        this ILogger logger, string path, string reason, long sessions, long subscriptions, long retained, long delayed, long messages, string setAside);

    [LoggerMessage(5011, LogLevel.Error, "Left out of the store as damaged: {Sessions} sessions, {Subscriptions} subscriptions, {Messages} messages")]
    public static partial void DamageFound(this ILogger logger, long sessions, long subscriptions, long messages);

    [LoggerMessage(5012, LogLevel.Error, "The message at position {Position} of queue {Queue} is damaged on disk and is left out")]
    public static partial void MessageDamaged(this ILogger logger, long queue, long position);

    [LoggerMessage(5013, LogLevel.Warning, "Deleted {Path}, set aside earlier as damaged, to make room for a newer one")]
    public static partial void DamagedFileDeleted(this ILogger logger, string path);

    [LoggerMessage(5020, LogLevel.Error,
        "Nothing can be written to the store: {Reason}. What waits for it is not acknowledged; it is tried again until it works")]
    public static partial void CommitFailed(this ILogger logger, string reason, Exception exception);

    [LoggerMessage(5021, LogLevel.Information, "The store writes again after {Elapsed} and {Attempts} failed attempts")]
    public static partial void CommitsAgain(this ILogger logger, TimeSpan elapsed, int attempts);

    [LoggerMessage(5022, LogLevel.Error, "Stopped with {Operations} changes not written, as the store cannot be written to; none of them was acknowledged")]
    public static partial void StoppedUnwritten(this ILogger logger, int operations);

    [LoggerMessage(5023, LogLevel.Warning, "The write-ahead log cannot be moved into the database and grows: {Reason}")]
    public static partial void CheckpointFailed(this ILogger logger, string reason);
}
