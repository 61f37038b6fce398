using Edge.Messaging;
using Microsoft.Extensions.Logging;

namespace Edge.LocalBroker;

/// <summary>Everything the broker can say. Events 4000–4099; see docs/log-events.md.</summary>
internal static partial class BrokerLog
{
    [LoggerMessage(4000, LogLevel.Information,
        "Restored {Sessions} sessions with {Messages} waiting messages, {Retained} retained and {Delayed} delayed messages")]
    public static partial void Restored(this ILogger logger, int sessions, long messages, int retained, int delayed);

    [LoggerMessage(4001, LogLevel.Debug, "Client {ClientId} connected from {Peer} by {Protocol}; session present: {SessionPresent}")]
    public static partial void ClientConnected(this ILogger logger, string clientId, string peer, string protocol, bool sessionPresent);

    [LoggerMessage(4002, LogLevel.Debug, "Client {ClientId} disconnected")]
    public static partial void ClientDisconnected(this ILogger logger, string clientId);

    [LoggerMessage(4003, LogLevel.Debug, "Session {ClientId} ended with {Messages} messages undelivered")]
    public static partial void SessionEnded(this ILogger logger, string clientId, long messages);

    [LoggerMessage(4004, LogLevel.Debug, "Client {ClientId} from {Peer} was refused: {Refusal}")]
    public static partial void ClientRefused(this ILogger logger, string clientId, string peer, ConnectRefusal refusal);

    [LoggerMessage(4005, LogLevel.Warning, "Client {ClientId}, user {UserName}, from {Peer} is not let in: {Refusal}; said once an hour")]
    public static partial void ClientNotLetIn(this ILogger logger, string clientId, string userName, string peer, ConnectRefusal refusal);

    [LoggerMessage(4006, LogLevel.Warning, "{Limit} is reached: {ClientId} from {Peer} is refused, and so are further clients; said once an hour")]
    public static partial void ConnectionLimitReached(this ILogger logger, string limit, string clientId, string peer);

    [LoggerMessage(4007, LogLevel.Warning, "Client {ClientId} from {Peer} connects again and again; it is not let in for a while")]
    public static partial void ClientFlaps(this ILogger logger, string clientId, string peer);

    [LoggerMessage(4008, LogLevel.Warning, "The token of client {ClientId}, user {UserName}, from {Peer} is not taken: {Why}; said once an hour")]
    public static partial void TokenRefused(this ILogger logger, string clientId, string userName, string peer, string why);

    [LoggerMessage(4009, LogLevel.Debug, "Client {ClientId} is let go, as its token has expired")]
    public static partial void ClientExpired(this ILogger logger, string clientId);

    [LoggerMessage(4010, LogLevel.Error, "The queue of {ClientId} could not be read back from the store; it is tried again in {Seconds} s")]
    public static partial void QueueUnreadable(this ILogger logger, string clientId, double seconds, Exception exception);

    [LoggerMessage(4011, LogLevel.Warning,
        "{Limit} is reached: what {ClientId} published to {Topic} is not retained, and so it is with further messages; said once an hour")]
    public static partial void NotRetained(this ILogger logger, string limit, string clientId, TopicName topic);

    [LoggerMessage(4020, LogLevel.Debug, "Refused what {ClientId} published to {Topic}: it names no time that can be waited for, or no topic")]
    public static partial void DelayInvalid(this ILogger logger, string clientId, TopicName topic);

    [LoggerMessage(4021, LogLevel.Debug, "Refused what {ClientId} published to {Topic}: what the rewrite rules make of it is no topic")]
    public static partial void RewriteInvalid(this ILogger logger, string clientId, TopicName topic);

    [LoggerMessage(4022, LogLevel.Debug, "Client {ClientId} was not subscribed to {Topic}: a name to put in is missing or holds a wildcard, or another client has it exclusively")]
    public static partial void AutoSubscriptionSkipped(this ILogger logger, string clientId, TopicTemplate topic);

    [LoggerMessage(4030, LogLevel.Warning, "Client {ClientId} of user {UserName} did not prove once more who it is, as user {Given}, and is let go")]
    public static partial void ReauthenticationFailed(this ILogger logger, string clientId, string userName, string given);
}
