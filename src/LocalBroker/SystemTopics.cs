using System.Globalization;
using System.Text;
using Edge.Messaging;

namespace Edge.LocalBroker;

/// <summary>What the gateway says of itself below <c>$SYS/broker/</c>, retained, under the names that mosquitto gave; see docs/topics.md.</summary>
/// <remarks>A value is published when it is not what it was the last time. For one caller at a time, who also says when.</remarks>
public sealed class SystemTopics
{
    private const string Root = "$SYS/broker/";

    // What was on its way to a receiver and did not reach it. The other causes refuse or count what had no receiver.
    private static readonly DropCause[] LossesOnTheWay =
    [
        DropCause.Expired, DropCause.QueueFull, DropCause.TooOld, DropCause.SlowReceiver, DropCause.Offline,
        DropCause.SessionEnded, DropCause.Oversize, DropCause.Refused, DropCause.Superseded, DropCause.Corrupt,
    ];

    private readonly List<Source> _sources = [];
    private readonly Broker _broker;
    private BrokerSnapshot _snapshot;

    /// <summary>Begins the uptime; nothing is published yet.</summary>
    /// <param name="broker">Of whom is spoken, and through whom.</param>
    /// <param name="drops">Where losses are counted.</param>
    /// <param name="clock">Measures the uptime.</param>
    /// <param name="version">Version of the program.</param>
    public SystemTopics(Broker broker, IDropCounter drops, TimeProvider clock, string version)
    {
        _broker = broker;
        _snapshot = broker.Snapshot();
        var started = clock.GetTimestamp();
        Add(Root + "version", () => $"edge-gateway version {version}");
        Add(Root + "uptime", () => $"{(long)clock.GetElapsedTime(started).TotalSeconds} seconds");
        AddClients();
        AddMessages(drops);
        AddStore();
    }

    /// <summary>A cause as a topic level, such as <c>queue-full</c>.</summary>
    public static string NameOf<TCause>(TCause cause)
        where TCause : struct, Enum =>
        string.Concat(cause.ToString().Select((letter, index) => char.IsUpper(letter) && index > 0 ? $"-{letter}" : $"{letter}")).ToLowerInvariant();

    /// <summary>Adds a topic of another part of the gateway.</summary>
    /// <param name="topic">The whole Topic Name; below <c>$SYS/</c>.</param>
    /// <param name="value">Gives the value of the moment. Called by <see cref="Publish"/>; returns soon.</param>
    public void Add(string topic, Func<string> value)
    {
        if (!TopicName.TryParse(topic, out var name) || !topic.StartsWith("$SYS/", StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{topic}' is no Topic Name below $SYS/.", nameof(topic));
        }

        _sources.Add(new Source(name, value));
    }

    /// <summary>Publishes every value that changed.</summary>
    public void Publish()
    {
        _snapshot = _broker.Snapshot();
        foreach (var source in _sources)
        {
            if (source.TryTakeChange(out var value))
            {
                // At QoS 0, so that nobody has to wait for a commit; a receiver that falls behind is not waited for either.
                _ = _broker.PublishAsync(
                    new Message { Topic = source.Topic, Payload = Encoding.UTF8.GetBytes(value), Retain = true }, isOwn: true).AsTask();
            }
        }
    }

    private void AddClients()
    {
        Add("clients/connected", () => _snapshot.Connected);
        Add("clients/disconnected", () => _snapshot.Sessions - _snapshot.Connected);
        Add("clients/total", () => _snapshot.Sessions);
        Add("clients/maximum", () => _broker.Metrics.MostConnected);
        Add("clients/expired", () => _broker.Metrics.SessionsExpired);
        Add("clients/refused", () => _broker.Metrics.ClientsRefused);
        foreach (var cause in Enum.GetValues<ConnectRefusal>().Where(cause => cause != ConnectRefusal.None))
        {
            Add($"clients/refused/{NameOf(cause)}", () => _broker.Metrics.ClientsRefusedFor(cause));
        }

        Add("clients/paused", () => _broker.Metrics.PublishersPaused);
        Add("subscriptions/count", () => _snapshot.Subscriptions);
    }

    private void AddMessages(IDropCounter drops)
    {
        Add("messages/received", () => _broker.Metrics.MessagesReceived);
        Add("messages/sent", () => _broker.Metrics.MessagesSent);
        Add("publish/messages/received", () => _broker.Metrics.MessagesReceived);
        Add("publish/messages/sent", () => _broker.Metrics.MessagesSent);
        Add("publish/messages/dropped", () => LossesOnTheWay.Sum(drops.Read));
        Add("bytes/received", () => _broker.Metrics.FrameBytesReceived);
        Add("bytes/sent", () => _broker.Metrics.FrameBytesSent);
        Add("publish/bytes/received", () => _broker.Metrics.BytesReceived);
        Add("publish/bytes/sent", () => _broker.Metrics.BytesSent);
        foreach (var cause in Enum.GetValues<DropCause>())
        {
            Add($"messages/dropped/{NameOf(cause)}", () => drops.Read(cause));
        }
    }

    private void AddStore()
    {
        Add("retained messages/count", () => _snapshot.Retained);
        Add("retained messages/bytes", () => _snapshot.RetainedBytes);
        Add("messages/delayed", () => _snapshot.Delayed);
        Add("messages/stored", () => _snapshot.QueuedMessages + _snapshot.Retained);
        Add("store/messages/count", () => _snapshot.QueuedMessages + _snapshot.Retained);
        Add("store/messages/bytes", () => _snapshot.QueuedBytes + _snapshot.RetainedBytes);
    }

    private void Add(string name, Func<long> value) => Add(Root + name, () => value().ToString(CultureInfo.InvariantCulture));

    private sealed class Source(TopicName topic, Func<string> value)
    {
        private string? _last;

        public TopicName Topic => topic;

        public bool TryTakeChange(out string changed)
        {
            changed = value();
            var isChanged = changed != _last;
            _last = changed;
            return isChanged;
        }
    }
}
