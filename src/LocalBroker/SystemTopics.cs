using System.Globalization;
using System.Text;
using Edge.Messaging;

namespace Edge.LocalBroker;

/// <summary>What the gateway says of itself below <c>$SYS/broker/</c>, named as mosquitto names it, retained. See docs/topics.md.</summary>
/// <remarks>Only what has changed since the last time is published.</remarks>
public sealed class SystemTopics
{
    private const string Prefix = "$SYS/broker/";

    private readonly Broker _broker;
    private readonly List<(TopicName Topic, Func<string> Value)> _topics = [];
    private readonly Dictionary<TopicName, string> _published = [];
    private BrokerSnapshot _now;
    private int _maximumConnected;

    /// <summary>Says nothing yet.</summary>
    /// <param name="broker">The broker to tell of, and through which it is told.</param>
    /// <param name="drops">Losses by cause.</param>
    /// <param name="clock">Tells the time.</param>
    /// <param name="version">Version of the program.</param>
    public SystemTopics(Broker broker, IDropCounter drops, TimeProvider clock, string version)
    {
        _broker = broker;
        _now = broker.Snapshot();
        var start = clock.GetTimestamp();
        Add(Prefix + "version", () => $"edge-gateway version {version}");
        Add(Prefix + "uptime", () => $"{(long)clock.GetElapsedTime(start).TotalSeconds} seconds");
        Add("clients/total", () => _now.Sessions);
        Add("clients/connected", () => _now.Connected);
        Add("clients/disconnected", () => _now.Sessions - _now.Connected);
        Add("clients/maximum", () => _maximumConnected);
        Add("subscriptions/count", () => _now.Subscriptions);
        Add("retained messages/count", () => _now.Retained);
        Add("store/messages/count", () => _now.QueuedMessages);
        Add("store/messages/bytes", () => _now.QueuedBytes);
        Add("publish/messages/received", () => broker.Metrics.MessagesReceived);
        Add("publish/messages/sent", () => broker.Metrics.MessagesSent);
        Add("publish/bytes/received", () => broker.Metrics.BytesReceived);
        Add("publish/bytes/sent", () => broker.Metrics.BytesSent);
        Add("publish/messages/dropped", () => Enum.GetValues<DropCause>().Sum(drops.Read));
        foreach (var cause in Enum.GetValues<DropCause>())
        {
            Add($"messages/dropped/{NameOf(cause)}", () => drops.Read(cause));
        }
    }

    /// <summary>A cause as a topic level, such as <c>queue-full</c>.</summary>
    public static string NameOf(DropCause cause)
    {
        var name = new StringBuilder();
        foreach (var letter in cause.ToString())
        {
            name.Append(char.IsUpper(letter) && name.Length > 0 ? "-" : "").Append(char.ToLowerInvariant(letter));
        }

        return name.ToString();
    }

    /// <summary>Adds a topic. Before the first <see cref="Publish"/>.</summary>
    /// <param name="topic">Whole Topic Name, below <c>$SYS/</c>.</param>
    /// <param name="value">Looked at each time.</param>
    public void Add(string topic, Func<string> value) =>
        _topics.Add((TopicName.TryParse(topic, out var name) ? name : throw new ArgumentException($"'{topic}' is no Topic Name.", nameof(topic)), value));

    /// <summary>Publishes what has changed. One caller at a time.</summary>
    public void Publish()
    {
        _now = _broker.Snapshot();
        _maximumConnected = Math.Max(_maximumConnected, _now.Connected);
        foreach (var (topic, read) in _topics)
        {
            var value = read();
            if (_published.GetValueOrDefault(topic) != value)
            {
                _published[topic] = value;

                // At QoS 0 nothing is waited for; what no subscriber takes is there as the retained message.
                _ = _broker.PublishAsync(new Message { Topic = topic, Payload = Encoding.UTF8.GetBytes(value), Retain = true }, isOwn: true).AsTask();
            }
        }
    }

    private void Add(string topic, Func<long> value) => Add(Prefix + topic, () => value().ToString(CultureInfo.InvariantCulture));
}
