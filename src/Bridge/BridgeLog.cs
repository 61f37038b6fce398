using Microsoft.Extensions.Logging;

namespace Edge.Bridge;

/// <summary>Everything a bridge can say. Events 6000–6099; see docs/log-events.md.</summary>
internal static partial class BridgeLog
{
    [LoggerMessage(6000, LogLevel.Information, "Bridge {Bridge} is connected to {Address} as {ClientId} by {Protocol}; upstream {SessionWords}")]
    public static partial void Connected(this ILogger logger, string bridge, string address, string clientId, string protocol, string sessionWords);

    [LoggerMessage(6001, LogLevel.Warning, "Bridge {Bridge} lost {Address}: {Reason}; {Unacknowledged} messages are unacknowledged and are sent again; next attempt in {Seconds:0.0} s")]
    public static partial void Lost(this ILogger logger, string bridge, string address, string reason, int unacknowledged, double seconds);

    [LoggerMessage(6002, LogLevel.Warning, "Bridge {Bridge} is refused by {Address}: {Reason}; {Advice}; next attempt in {Seconds:0.0} s")]
    public static partial void Refused(this ILogger logger, string bridge, string address, string reason, string advice, double seconds);

    [LoggerMessage(6003, LogLevel.Warning, "Bridge {Bridge} cannot connect to {Address}: {Reason}; next attempt in {Seconds:0.0} s, and so on without a word")]
    public static partial void Unreachable(this ILogger logger, string bridge, string address, string reason, double seconds);

    [LoggerMessage(6004, LogLevel.Debug, "Bridge {Bridge} still cannot connect to {Address}: {Reason}; next attempt in {Seconds:0.0} s")]
    public static partial void StillUnreachable(this ILogger logger, string bridge, string address, string reason, double seconds);

    [LoggerMessage(6005, LogLevel.Information, "Upstream {Address} of bridge {Bridge} does not speak MQTT 5.0: trying 3.1.1")]
    public static partial void FallsBack(this ILogger logger, string address, string bridge);

    [LoggerMessage(6006, LogLevel.Information, "Bridge {Bridge} stopped with {Unacknowledged} messages unacknowledged; they are sent again after the next start")]
    public static partial void Stopped(this ILogger logger, string bridge, int unacknowledged);

    [LoggerMessage(6010, LogLevel.Error, "Bridge {Bridge} gave up a message on {Topic}: {Reason}. Further ones with this reason are counted only, until the next connection")]
    public static partial void GaveUp(this ILogger logger, string bridge, string topic, string reason);

    [LoggerMessage(6011, LogLevel.Warning, "Upstream of bridge {Bridge} does not take a message on {Topic} now: {Reason}. It is kept and sent again; further ones are not reported until the next connection")]
    public static partial void Postponed(this ILogger logger, string bridge, string topic, string reason);

    [LoggerMessage(6012, LogLevel.Warning, "Upstream of bridge {Bridge} refused the subscription to {Filter}: {Reason}. Nothing is received by this rule; give {ClientId} the right to subscribe, or remove the rule")]
    public static partial void SubscriptionRefused(this ILogger logger, string bridge, string filter, string reason, string clientId);

    [LoggerMessage(6013, LogLevel.Warning, "Upstream of bridge {Bridge} sends messages that no receive rule matches, such as {Topic}; they are counted and dropped. An earlier configuration subscribed to them: unsubscribe {ClientId} from them upstream")]
    public static partial void Unmatched(this ILogger logger, string bridge, string topic, string clientId);

    [LoggerMessage(6014, LogLevel.Error, "Rule {Filter} of bridge {Bridge} is refused by the local broker: {Outcome}. Nothing is forwarded by it")]
    public static partial void RuleRefused(this ILogger logger, string filter, string bridge, Edge.Messaging.SubscribeOutcome outcome);

    [LoggerMessage(6020, LogLevel.Error, "Bridge {Bridge} met a fault in this program; it connects again in {Seconds:0.0} s and sends again what is unacknowledged")]
    public static partial void Faulted(this ILogger logger, string bridge, double seconds, Exception exception);
}
