using System.Globalization;
using Edge.Bridge;
using Edge.LocalBroker;
using Edge.Messaging;

namespace Edge.Gateway;

/// <summary>What a bridge says of itself below <c>$SYS/broker/bridges/{name}/</c>; see docs/topics.md.</summary>
internal static class BridgeTopics
{
    /// <summary>Adds a bridge's topics to those that are published.</summary>
    public static void AddTo(SystemTopics topics, UpstreamBridge bridge, Broker broker)
    {
        var prefix = $"$SYS/broker/bridges/{bridge.Status.Name}/";
        topics.Add(prefix + "state", () => bridge.Status.State.ToString().ToLowerInvariant());
        Add("queued/messages", () => broker.QueueOf(bridge.ClientId)?.Messages ?? 0);
        Add("queued/bytes", () => broker.QueueOf(bridge.ClientId)?.Bytes ?? 0);
        Add("queued/oldest_age", () => (long)broker.OldestAgeOf(bridge.ClientId).TotalSeconds);
        Add("sent", () => bridge.Status.Sent);
        Add("acked", () => bridge.Status.Acknowledged);
        Add("received", () => bridge.Status.Received);
        foreach (var cause in Enum.GetValues<DropCause>())
        {
            Add($"dropped/{SystemTopics.NameOf(cause)}", () => bridge.Status.Dropped.GetValueOrDefault(cause));
        }

        void Add(string topic, Func<long> value) => topics.Add(prefix + topic, () => value().ToString(CultureInfo.InvariantCulture));
    }
}
