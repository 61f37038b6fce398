using Edge.LocalBroker.Routing;
using Edge.LocalBroker.Sessions;
using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests.Routing;

/// <summary>One member of a group gets each message (MQTT 5.0 §4.8.2).</summary>
public sealed class SharedSubscriptionTests : IDisposable
{
    private readonly TestBroker _broker = new();

    public void Dispose() => _broker.Dispose();

    [Theory]
    [InlineData("$share/g/t/+", "$share/g/t/+")]
    [InlineData("$queue/t/+", "$queue/t/+")]
    public async Task One_member_of_a_group_gets_each_message_and_each_its_turn(string one, string other)
    {
        var members = new[] { await _broker.SubscriberAsync("a", one), await _broker.SubscriberAsync("b", other) };
        var publisher = await _broker.ConnectAsync("p");
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(PublishOutcome.Accepted, await publisher.PublishAsync("t/1", $"{i}", (QualityOfService)(i % 3)));
        }

        var got = members.Select(member => member.TakeTexts()).OrderBy(texts => texts[0]).ToArray();
        Assert.Equal(["0", "2", "4"], got[0]);
        Assert.Equal(["1", "3", "5"], got[1]);
    }

    [Fact]
    public async Task Groups_and_those_who_share_with_nobody_do_not_mind_each_other()
    {
        var alone = await _broker.SubscriberAsync("alone", "t");
        var first = await _broker.SubscriberAsync("first", "$share/one/t");
        var second = await _broker.SubscriberAsync("second", "$share/two/t");
        var wild = await _broker.SubscriberAsync("wild", "$share/one/+");

        await _broker.PublishAsync("t", "x", Qos1);

        Assert.All([alone, first, second, wild], client => Assert.Equal(["x"], client.TakeTexts()));
    }

    [Fact]
    public async Task A_client_gets_its_own_copy_and_the_group_s_with_the_identifier_of_each()
    {
        var client = await _broker.ConnectAsync("c");
        await client.SubscribeAsync(
            new Subscription { Filter = Filter("t"), MaximumQos = Qos1, Identifier = 1 },
            new Subscription { Filter = Filter("$share/g/t"), MaximumQos = Qos2, Identifier = 2 });

        await _broker.PublishAsync("t", "x", Qos2);

        Assert.Equal([(Qos1, 1u), (Qos2, 2u)], client.Take().Select(delivery => (delivery.Qos, Assert.Single(delivery.SubscriptionIdentifiers!))).Order());
    }

    [Theory]
    [InlineData(ShareStrategy.RoundRobin, false)]
    [InlineData(ShareStrategy.RoundRobinPerGroup, true)]
    public async Task Publishers_go_round_each_for_itself_or_all_together(ShareStrategy strategy, bool isTogether)
    {
        using var broker = new TestBroker(new BrokerOptions { ShareStrategy = strategy });
        var members = await MembersAsync(broker, 3);
        var publishers = new[] { await broker.ConnectAsync("p"), await broker.ConnectAsync("q") };
        for (var i = 0; i < 12; i++)
        {
            await publishers[i % 2].PublishAsync("t", $"{i % 2}", Qos1);
        }

        var got = members.Select(member => member.TakeTexts()).ToArray();
        Assert.All(got, texts => Assert.Equal(4, texts.Length));
        if (!isTogether)
        {
            Assert.All(got, texts => Assert.Equal(2, texts.Count(text => text == "0")));
        }
    }

    [Theory]
    [InlineData(ShareStrategy.HashClientId)]
    [InlineData(ShareStrategy.HashTopic)]
    [InlineData(ShareStrategy.Sticky)]
    public async Task What_belongs_together_goes_to_one_member(ShareStrategy strategy)
    {
        using var broker = new TestBroker(new BrokerOptions { ShareStrategies = new Dictionary<string, ShareStrategy> { ["g"] = strategy } });
        var members = await MembersAsync(broker, 3);
        var publisher = await broker.ConnectAsync("p");
        for (var i = 0; i < 30; i++)
        {
            await publisher.PublishAsync("t", "x", Qos1);
        }

        Assert.Equal([30, 0, 0], members.Select(member => member.Take().Count).OrderDescending());
    }

    [Fact]
    public async Task Sticky_stays_until_the_member_is_gone()
    {
        using var broker = new TestBroker(new BrokerOptions { ShareStrategy = ShareStrategy.Sticky });
        var members = await MembersAsync(broker, 2);
        var publisher = await broker.ConnectAsync("p");
        await publisher.PublishAsync("t", "1", Qos1);
        var chosen = members.Single(member => member.TakeTexts().Length == 1);
        var other = members.Single(member => member != chosen);

        await chosen.UnsubscribeAsync("$share/g/t");
        await publisher.PublishAsync("t", "2", Qos1);

        Assert.Empty(chosen.TakeTexts());
        Assert.Equal(["2"], other.TakeTexts());
    }

    [Theory]
    [InlineData(ShareStrategy.RoundRobin)]
    [InlineData(ShareStrategy.Random)]
    [InlineData(ShareStrategy.Local)]
    [InlineData(ShareStrategy.HashTopic)]
    public async Task Who_is_not_connected_gets_messages_only_when_nobody_is(ShareStrategy strategy)
    {
        using var broker = new TestBroker(new BrokerOptions { ShareStrategy = strategy });
        var away = await broker.SubscriberAsync("away", "$share/g/t", expiry: Hour);
        var here = await broker.SubscriberAsync("here", "$share/g/t", expiry: Hour);
        away.Lose();
        for (var i = 0; i < 10; i++)
        {
            await broker.PublishAsync("t", $"{i}", Qos1);
        }

        Assert.Equal(10, here.Take(32).Count);
        here.Lose();
        await broker.PublishAsync("t", "last", Qos1);
        Assert.Equal(11, broker.Broker.QueueOf("away")!.Value.Messages + broker.Broker.QueueOf("here")!.Value.Messages);
    }

    [Fact]
    public async Task A_group_gets_no_retained_messages()
    {
        await _broker.PublishAsync("t", "old", retain: true);
        var member = await _broker.SubscriberAsync("a", "$share/g/t");

        Assert.Empty(member.Take());
        await _broker.PublishAsync("t", "new", retain: true);
        Assert.Equal(["new"], member.TakeTexts());
    }

    // [MQTT-4.8.2-3]
    [Fact]
    public async Task Each_member_gets_messages_at_its_own_quality()
    {
        var low = await _broker.ConnectAsync("low");
        await low.SubscribeAsync("$share/g/t", Qos0);
        var high = await _broker.ConnectAsync("high");
        await high.SubscribeAsync("$share/g/t", Qos1);
        for (var i = 0; i < 4; i++)
        {
            await _broker.PublishAsync("t", $"{i}", Qos2);
        }

        Assert.Equal([Qos0, Qos0], low.Take().Select(delivery => delivery.Qos));
        Assert.Equal([Qos1, Qos1], high.Take().Select(delivery => delivery.Qos));
    }

    // [MQTT-4.8.2-4]
    [Fact]
    public async Task Exactly_once_what_was_sent_is_finished_with_its_member_when_that_comes_again()
    {
        var away = await _broker.SubscriberAsync("away", "$share/g/t", expiry: Hour);
        await _broker.PublishAsync("t", "sent", Qos2);
        var sent = away.TakeOne();
        var staying = await _broker.SubscriberAsync("staying", "$share/g/t");
        away.Lose();

        var again = (await _broker.ConnectAsync("away", Hour)).TakeOne();

        Assert.Equal((sent.PacketId, "sent", true), (again.PacketId, again.Message.Text(), again.Dup));
        Assert.Empty(staying.Take());
    }

    // [MQTT-4.8.2-6]
    [Theory, InlineData(Qos1), InlineData(Qos2)]
    public async Task What_a_member_refuses_goes_to_nobody_else(QualityOfService qos)
    {
        var refusing = await _broker.SubscriberAsync("refusing", "$share/g/t", expiry: Hour);
        await _broker.PublishAsync("t", "x", qos);
        var other = await _broker.SubscriberAsync("other", "$share/g/t");

        refusing.Session.Discard(refusing.TakeOne(), DropCause.Refused);
        refusing.Disconnect(TimeSpan.Zero);

        Assert.Empty(other.Take());
        Assert.Equal(new Dictionary<DropCause, long> { [DropCause.Refused] = 1 }, _broker.Lost);
    }

    [Fact]
    public async Task A_group_without_members_is_no_receiver()
    {
        var member = await _broker.SubscriberAsync("a", "$share/g/t");
        await member.UnsubscribeAsync("$share/g/t");
        var publisher = await _broker.ConnectAsync("p");

        Assert.Equal(PublishOutcome.NoMatchingSubscribers, await publisher.PublishAsync("t", "x", Qos1));
        Assert.Equal(0, _broker.Broker.Snapshot().Subscriptions);
    }

    [Fact]
    public async Task What_a_member_leaves_unacknowledged_goes_to_another_in_order()
    {
        var leaving = await _broker.SubscriberAsync("leaving", "$share/g/t", window: 3);
        for (var i = 1; i <= 6; i++)
        {
            await _broker.PublishAsync("t", $"{i}", Qos1);
        }

        leaving.PubAck(leaving.Take()[0].PacketId);
        var staying = await _broker.SubscriberAsync("staying", "$share/g/t");
        leaving.Disconnect();

        Assert.Equal(["2", "3", "4", "5", "6"], staying.TakeTexts());
        Assert.Empty(_broker.Lost);
    }

    // [MQTT-4.8.2-5]
    [Fact]
    public async Task Exactly_once_what_was_sent_goes_to_nobody_else_and_is_counted()
    {
        var leaving = await _broker.SubscriberAsync("leaving", "$share/g/t", window: 1);
        await _broker.PublishAsync("t", "sent", Qos2);
        await _broker.PublishAsync("t", "waiting", Qos2);
        leaving.TakeOne();
        var staying = await _broker.SubscriberAsync("staying", "$share/g/t");
        leaving.Disconnect();

        Assert.Equal(["waiting"], staying.TakeTexts());
        Assert.Equal([new KeyValuePair<DropCause, long>(DropCause.SessionEnded, 1)], _broker.Lost);
    }

    [Fact]
    public async Task A_publisher_that_waits_is_answered_when_the_new_member_s_entry_is_kept()
    {
        var staying = await _broker.SubscriberAsync("staying", "$share/g/t", expiry: Hour);
        staying.Lose();
        var leaving = await _broker.SubscriberAsync("leaving", "$share/g/t", expiry: Hour);
        var publisher = await _broker.ConnectAsync("p");
        var publishing = publisher.BeginPublish("t", "1", Qos1);

        leaving.Disconnect(TimeSpan.Zero);
        Assert.False(publishing.IsCompleted);
        _broker.Store.Commit();

        Assert.Equal(PublishOutcome.Accepted, await publishing.WaitAsync(Limit, TestContext.Current.CancellationToken));
        Assert.Equal(1, _broker.Broker.QueueOf("staying")!.Value.Messages);
    }

    [Fact]
    public async Task A_backlog_on_disk_goes_to_another_member_too_and_survives_a_power_cut_on_the_way()
    {
        const int Count = 3 * WaitingEntries.ReadAhead;
        var leaving = await _broker.SubscriberAsync("leaving", "$share/g/t", Qos1, expiry: Hour);
        leaving.Lose();
        for (var i = 0; i < Count; i++)
        {
            await _broker.PublishAsync("t", $"{i}", Qos1);
        }

        using var restarted = _broker.Crash();
        var staying = await restarted.SubscriberAsync("staying", "$share/g/t", Qos1, expiry: Hour);
        restarted.Store.Commit();
        restarted.Clock.Advance(Hour);
        while (restarted.Broker.QueueOf("staying")!.Value.Messages < Count)
        {
            restarted.Store.Commit();
            await Task.Yield();
        }

        restarted.Store.Commit();
        using var again = restarted.Crash();
        Assert.Null(again.Broker.QueueOf("leaving"));
        var back = await again.ConnectAsync("staying", Hour);
        var got = new List<string>();
        while (got.Count < Count)
        {
            foreach (var delivery in back.Take())
            {
                got.Add(delivery.Message.Text());
                back.PubAck(delivery.PacketId);
            }

            again.Store.Commit();
            await Task.Yield();
        }

        Assert.Equal(Enumerable.Range(0, Count).Select(i => $"{i}"), got);
        Assert.Empty(again.Lost);
    }

    [Fact]
    public async Task What_was_still_to_be_passed_on_when_the_power_went_goes_to_members_that_are_restored_later()
    {
        const int Count = 100;
        var leaving = await _broker.SubscriberAsync("leaving", "$share/g/t", Qos1, expiry: Hour);
        leaving.Lose();
        for (var i = 0; i < Count; i++)
        {
            await _broker.PublishAsync("t", $"{i}", Qos1);
        }

        using var slow = _broker.Crash();
        slow.Store.MayRead = new TaskCompletionSource().Task;
        await slow.ConnectAsync("leaving", Hour, cleanStart: true);
        await slow.SubscriberAsync("staying", "$share/g/t", Qos1, expiry: Hour);

        using var restarted = slow.Crash();

        Assert.Equal(Count, restarted.Broker.QueueOf("staying")!.Value.Messages);
        Assert.Empty(restarted.Lost);
    }

    [Fact]
    public async Task An_exclusive_filter_is_one_client_s_at_a_time()
    {
        var first = await _broker.SubscriberAsync("first", "$exclusive/t", expiry: Hour);
        var second = await _broker.ConnectAsync("second");
        var free = await _broker.SubscriberAsync("free", "t");

        Assert.Equal([SubscribeOutcome.QuotaExceeded], await second.SubscribeAsync("$exclusive/t"));
        Assert.Equal([SubscribeOutcome.GrantedQos2], await first.SubscribeAsync("$exclusive/t"));
        await _broker.PublishAsync("t", "x");
        Assert.Equal(["x"], first.TakeTexts());
        Assert.Equal(["x"], free.TakeTexts());
        Assert.Empty(second.Take());

        first.Lose();
        Assert.Equal([SubscribeOutcome.QuotaExceeded], await second.SubscribeAsync("$exclusive/t"));
        _broker.Clock.Advance(Hour);
        Assert.Equal([SubscribeOutcome.GrantedQos2], await second.SubscribeAsync("$exclusive/t"));
        await second.UnsubscribeAsync("$exclusive/t");
        Assert.Equal([SubscribeOutcome.GrantedQos2], await free.SubscribeAsync("$exclusive/t"));
    }

    [Fact]
    public async Task Groups_and_exclusive_filters_are_the_same_after_a_restart()
    {
        await _broker.SubscriberAsync("owner", "$exclusive/t", expiry: Hour);
        await _broker.SubscriberAsync("member", "$share/g/t", expiry: Hour);

        using var restarted = _broker.Crash();
        var other = await restarted.ConnectAsync("other");
        Assert.Equal([SubscribeOutcome.QuotaExceeded, SubscribeOutcome.GrantedQos2], await other.SubscribeAsync(
            new Subscription { Filter = Filter("$exclusive/t") }, new Subscription { Filter = Filter("$share/g/t"), MaximumQos = Qos2 }));
        await restarted.PublishAsync("t", "x", Qos1);

        Assert.Equal(["x"], other.TakeTexts());
        Assert.Equal(1, restarted.Broker.QueueOf("owner")!.Value.Messages);
        Assert.Equal(0, restarted.Broker.QueueOf("member")!.Value.Messages);
    }

    private static async Task<TestClient[]> MembersAsync(TestBroker broker, int count)
    {
        var members = new TestClient[count];
        for (var i = 0; i < count; i++)
        {
            members[i] = await broker.SubscriberAsync($"m{i}", "$share/g/t");
        }

        return members;
    }
}
