using CsCheck;
using Edge.LocalBroker.Routing;
using Edge.LocalBroker.Sessions;
using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using Microsoft.Extensions.Logging.Abstractions;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests.Routing;

public sealed class TopicTreeTests
{
    private static readonly Gen<string> Level = Gen.OneOf("a", "b", "", "$x");

    private static readonly Gen<TopicFilter> AnyFilter =
        Gen.Select(Gen.OneOf("a", "b", "", "$x", "+").List[1, 4], Gen.Bool)
            .Select((levels, endsInHash) => string.Join('/', endsInHash ? levels.Append("#") : levels))
            .Where(text => text.Length > 0)
            .SelectMany(text => Gen.OneOf("", "", "$share/g/", "$share/h/", "$queue/").Select(prefix => Filter(prefix + text)));

    private static readonly Gen<TopicName> AnyTopic = Level.List[1, 5].Select(levels => string.Join('/', levels)).Where(text => text.Length > 0).Select(Topic);

    private static readonly SessionServices Services = new(
        new MemoryStore(), new DropCounter(), new BrokerMetrics(), TimeProvider.System, NullLogger.Instance, new QueueLimits(10, 1000, default, 10), _ => { });

    private readonly TopicTree _tree = new();

    [Fact]
    public void Finds_what_matching_every_filter_one_by_one_finds() =>
        Gen.Select(Gen.Select(Gen.Int[0, 3], AnyFilter).List[0, 20], AnyTopic.List[1, 10]).Sample((added, topics) =>
        {
            var tree = new TopicTree();
            var sessions = Enumerable.Range(0, 4).Select(NewSession).ToArray();
            foreach (var (client, filter) in added)
            {
                tree.Set(new Subscriber(sessions[client], new Subscription { Filter = filter }));
            }

            Assert.Equal(added.Distinct().Count(), tree.Count);
            foreach (var topic in topics)
            {
                var expected = added.Distinct().Where(pair => Plain(pair.Item2).Matches(topic)).Select(pair => ($"c{pair.Item1}", pair.Item2));
                Assert.Equal(expected.Order(ByName), Match(tree, topic).Order(ByName));
            }
        });

    [Fact]
    public void Is_empty_again_when_all_that_was_added_in_any_order_is_removed_in_any_order() =>
        Gen.Select(Gen.Int[0, 2], AnyFilter).List[1, 20].SelectMany(added => Gen.Shuffle(added.ToArray()).Select(removed => (added, removed))).Sample(pair =>
        {
            var tree = new TopicTree();
            var sessions = Enumerable.Range(0, 3).Select(NewSession).ToArray();
            foreach (var (client, filter) in pair.added)
            {
                tree.Set(new Subscriber(sessions[client], new Subscription { Filter = filter }));
            }

            for (var i = 0; i < pair.removed.Length; i++)
            {
                Assert.False(tree.IsEmpty && pair.removed.Skip(i).Any(left => !pair.removed.Take(i).Contains(left)));
                tree.Remove(sessions[pair.removed[i].Item1], pair.removed[i].Item2);
            }

            Assert.Equal((0, true), (tree.Count, tree.IsEmpty));
        });

    [Fact]
    public void A_subscription_with_the_same_filter_is_replaced()
    {
        var session = NewSession(1);
        _tree.Set(new Subscriber(session, new Subscription { Filter = Filter("a/+"), MaximumQos = Qos0 }));
        _tree.Set(new Subscriber(session, new Subscription { Filter = Filter("a/+"), MaximumQos = Qos2 }));

        var matches = new Matches();
        _tree.Match(Topic("a/b"), matches);

        Assert.Equal(Qos2, Assert.Single(Assert.Single(matches.Lists)).Subscription.MaximumQos);
        Assert.Equal(1, _tree.Count);
    }

    [Fact]
    public void Removing_what_is_not_there_changes_nothing()
    {
        var (one, other) = (NewSession(1), NewSession(2));
        _tree.Set(new Subscriber(one, new Subscription { Filter = Filter("a/b") }));

        _tree.Remove(other, Filter("a/b"));
        _tree.Remove(one, Filter("a"));
        _tree.Remove(one, Filter("a/b/c"));
        _tree.Remove(one, Filter("#"));

        Assert.Equal(1, _tree.Count);
        Assert.Equal([("c1", Filter("a/b"))], Match(_tree, Topic("a/b")));
    }

    [Fact]
    public async Task Readers_find_a_lasting_subscription_while_others_come_and_go()
    {
        var lasting = NewSession(0);
        _tree.Set(new Subscriber(lasting, new Subscription { Filter = Filter("a/+/c") }));
        var stopping = TestContext.Current.CancellationToken;
        using var done = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var reader = Task.Run(
            () =>
            {
                var found = 0;
                while (!done.IsCancellationRequested)
                {
                    Assert.Contains(("c0", Filter("a/+/c")), Match(_tree, Topic("a/b/c")));
                    found++;
                }

                return found;
            },
            stopping);
        var writers = Enumerable.Range(1, 3).Select(number => Task.Run(
            () =>
            {
                var session = NewSession(number);
                for (var i = 0; i < 3_000; i++)
                {
                    var filter = Filter((i % 4) switch { 0 => "a/b/c", 1 => "a/#", 2 => "+/b/c", _ => "a/+/c/#" });
                    _tree.Set(new Subscriber(session, new Subscription { Filter = filter }));
                    _tree.Remove(session, filter);
                }
            },
            stopping));

        await Task.WhenAll(writers).WaitAsync(Limit, stopping);
        await done.CancelAsync();
        Assert.True(await reader > 0);
        _tree.Remove(lasting, Filter("a/+/c"));
        Assert.True(_tree.IsEmpty);
    }

    private static readonly IComparer<(string Client, TopicFilter Filter)> ByName =
        Comparer<(string Client, TopicFilter Filter)>.Create((one, other) =>
            string.CompareOrdinal($"{one.Client} {one.Filter}", $"{other.Client} {other.Filter}"));

    private static List<(string Client, TopicFilter Filter)> Match(TopicTree tree, TopicName topic)
    {
        var matches = new Matches();
        tree.Match(topic, matches);
        return [.. matches.Lists.Concat(matches.Groups.Select(group => group.Members)).SelectMany(subscribers => subscribers).Select(subscriber => (subscriber.Session.ClientId, subscriber.Subscription.Filter))];
    }

    private static TopicFilter Plain(TopicFilter filter) => SubscriptionFilter.TryParse(filter, out var target) ? target.Filter : default;

    private static Session NewSession(int number) => new($"c{number}", 0, isDurable: false, Services);
}
