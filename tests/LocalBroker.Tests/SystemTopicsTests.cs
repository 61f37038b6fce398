using System.Text.RegularExpressions;
using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests;

/// <summary>What the broker says of itself is true, and said when it changed.</summary>
public sealed partial class SystemTopicsTests : IDisposable
{
    private readonly TestBroker _broker = new(new BrokerOptions { MaxQueuedMessages = 3 });
    private readonly SystemTopics _topics;

    public SystemTopicsTests() => _topics = new SystemTopics(_broker.Broker, _broker.Drops, _broker.Clock, "1.2.3");

    public void Dispose() => _broker.Dispose();

    [Fact]
    public async Task Says_what_there_is()
    {
        var bridge = await _broker.ConnectAsync(new ConnectRequest
        {
            ClientId = "$edge/bridge/cloud",
            SessionExpiry = TimeSpan.MaxValue,
            Queue = new QueueLimits(10, 1_000, default, 10),
        });
        await bridge.SubscribeAsync("t");
        (await _broker.SubscriberAsync("away", "t", expiry: Hour)).Disconnect();
        var here = await _broker.SubscriberAsync("here", "t");
        var publisher = await _broker.ConnectAsync("publisher");
        (await _broker.ConnectAsync("forgotten", TimeSpan.FromMinutes(1))).Disconnect();
        _broker.Clock.Advance(TimeSpan.FromSeconds(90));
        await publisher.PublishAsync("t", "12345", Qos1);
        await publisher.PublishAsync("kept", "123", Qos1, retain: true);
        Assert.Single(here.Take());
        publisher.Disconnect();
        _broker.Broker.Metrics.CountFrames(7, 9);

        var said = await SaidAsync();

        Assert.Equal("edge-gateway version 1.2.3", said["version"]);
        Assert.Equal("90 seconds", said["uptime"]);
        Assert.Equal(("1", "1", "2"), (said["clients/connected"], said["clients/disconnected"], said["clients/total"]));
        Assert.Equal(("3", "1", "3"), (said["clients/maximum"], said["clients/expired"], said["subscriptions/count"]));
        Assert.Equal(("2", "1"), (said["messages/received"], said["messages/sent"]));
        Assert.Equal(("2", "1"), (said["publish/messages/received"], said["publish/messages/sent"]));
        Assert.Equal(("7", "9"), (said["bytes/received"], said["bytes/sent"]));
        Assert.Equal(("8", "5"), (said["publish/bytes/received"], said["publish/bytes/sent"]));
        Assert.Equal(("1", "4", "4"), (said["retained messages/count"], said["store/messages/count"], said["messages/stored"]));
        Assert.Equal("25", said["store/messages/bytes"]);
        Assert.Equal("0", said["publish/messages/dropped"]);
    }

    [Fact]
    public async Task Says_of_every_cause_what_was_lost_and_sums_up_what_receivers_did_not_get()
    {
        foreach (var cause in Enum.GetValues<DropCause>())
        {
            _broker.Drops.Count(cause, 1 << (int)cause);
        }

        var said = await SaidAsync();

        Assert.Equal(
            [
                "congestion", "corrupt", "expired", "malformed", "memory", "no-subscriber", "not-authorized", "offline", "oversize",
                "protocol", "queue-full", "quota", "rate", "refused", "session-ended", "slow-receiver", "superseded", "too-old", "topic-invalid",
            ],
            said.Keys.Where(topic => topic.StartsWith("messages/dropped/", StringComparison.Ordinal)).Select(topic => topic[17..]).Order());
        Assert.Equal($"{1 << (int)DropCause.NoSubscriber}", said["messages/dropped/no-subscriber"]);
        var sum = (1 << (int)DropCause.Expired) | (1 << (int)DropCause.QueueFull) | (1 << (int)DropCause.TooOld) | (1 << (int)DropCause.SlowReceiver) | (1 << (int)DropCause.Offline)
            | (1 << (int)DropCause.SessionEnded) | (1 << (int)DropCause.Oversize) | (1 << (int)DropCause.Refused) | (1 << (int)DropCause.Superseded) | (1 << (int)DropCause.Corrupt);
        Assert.Equal($"{sum}", said["publish/messages/dropped"]);
    }

    [Fact]
    public async Task Says_only_what_changed()
    {
        using var broker = new TestBroker();
        var topics = new SystemTopics(broker.Broker, broker.Drops, broker.Clock, "1");
        topics.Publish();
        topics.Publish(); // The retained messages of the first time are counted in the second.
        var subscriber = await broker.SubscriberAsync("s", "$SYS/#");
        Assert.True(subscriber.Take().Count > 20);
        topics.Publish();
        Assert.All(subscriber.Take(), delivery => Assert.False(delivery.Retain));

        broker.Clock.Advance(TimeSpan.FromSeconds(10));
        topics.Publish();

        var changed = subscriber.Take().Select(delivery => (delivery.Message!.Topic.ToString(), delivery.Message.Text())).ToList();
        Assert.Contains(("$SYS/broker/uptime", "10 seconds"), changed);
        Assert.DoesNotContain(changed, change => change.Item1 is "$SYS/broker/version" or "$SYS/broker/clients/connected");
    }

    [Fact]
    public async Task Other_parts_add_their_own()
    {
        var state = "connecting";
        _topics.Add("$SYS/broker/bridges/cloud/state", () => state);
        Assert.Equal("connecting", (await SaidAsync())["bridges/cloud/state"]);

        state = "connected";

        Assert.Equal("connected", (await SaidAsync())["bridges/cloud/state"]);
    }

    [Theory]
    [InlineData("$SYS/broker/+")]
    [InlineData("broker/x")]
    [InlineData("")]
    public void A_topic_elsewhere_is_a_fault_of_this_program(string topic) =>
        Assert.Throws<ArgumentException>(() => _topics.Add(topic, () => "x"));

    [Fact]
    public async Task Every_topic_is_described_and_every_description_has_its_topic()
    {
        var page = await File.ReadAllTextAsync(PathOf("docs/topics.md"), TestContext.Current.CancellationToken);
        page = page[page.IndexOf("## What the gateway tells", StringComparison.Ordinal)..];
        var described = new List<string>();
        var prefix = "";
        foreach (var line in page[..page.IndexOf("## Bridges", StringComparison.Ordinal)].Split('\n').Where(line => line.StartsWith('|')))
        {
            var cell = line.Split('|')[1];
            var names = Code().Matches(cell).Select(match => match.Groups[1].Value).ToList();
            if (cell.Contains("below", StringComparison.Ordinal))
            {
                prefix = names[0]["$SYS/broker/".Length..];
            }
            else
            {
                described.AddRange(names.Select(name => prefix + name));
            }
        }

        Assert.Equal((await SaidAsync()).Keys.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    private static string PathOf(string file)
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Edge.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return Path.Combine(folder, file);
    }

    /// <summary>Publishes, and reads what a new subscriber gets, by topic below <c>$SYS/broker/</c>.</summary>
    private async Task<Dictionary<string, string>> SaidAsync()
    {
        _topics.Publish();
        var session = (await _broker.Broker.ConnectAsync(
            new ConnectRequest { ClientId = "$edge/reader", Queue = new QueueLimits(1_000, 100_000, default, 10) }, new RecordingSink())).Session!;
        await session.SubscribeAsync([new Subscription { Filter = Filter("$SYS/#") }]);
        var room = new Delivery[1_000];
        var said = room[..session.Take(room)].ToDictionary(delivery => delivery.Message!.Topic.ToString()["$SYS/broker/".Length..], delivery => delivery.Message.Text());
        session.Disconnect(publishWill: false);
        return said;
    }
}
