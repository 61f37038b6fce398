using Edge.LocalBroker.Sessions;
using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests.Sessions;

/// <summary>A backlog that lies on disk and is read back as it is sent.</summary>
public sealed class ReadBackTests : IDisposable
{
    private const int Many = 2_000;
    private readonly TestBroker _broker = new(new BrokerOptions { MaxInflight = 40 });

    public void Dispose() => _broker.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_long_backlog_is_delivered_whole_and_in_order(bool crash)
    {
        await QueueAsync(Many);

        using var broker = crash ? _broker.Crash() : null;
        var got = await DrainAsync(broker ?? _broker);

        Assert.Equal(Enumerable.Range(0, Many).Select(i => $"{i}"), got);
        Assert.InRange((broker ?? _broker).Store.Reads, 2, Many / 50);
        Assert.Equal((0, 0L), (broker ?? _broker).Broker.QueueOf("s"));
        Assert.Equal(0, (broker ?? _broker).Store.EntryCount);
    }

    [Fact]
    public async Task A_damaged_message_is_counted_and_the_others_keep_their_order()
    {
        await QueueAsync(Many);
        _broker.Store.Damage(0);
        _broker.Store.Damage(500);
        _broker.Store.Damage(1_500);

        using var restarted = _broker.Crash();
        var got = await DrainAsync(restarted);

        Assert.Equal(Enumerable.Range(0, Many).Where(i => i is not (0 or 500 or 1_500)).Select(i => $"{i}"), got);
        Assert.Equal(new Dictionary<DropCause, long> { [DropCause.Corrupt] = 3 }, restarted.Lost);
        Assert.Equal(0, restarted.Store.EntryCount);
    }

    [Fact]
    public async Task A_store_that_cannot_be_read_is_asked_again_without_a_new_publish()
    {
        await QueueAsync(10);
        using var restarted = _broker.Crash();
        restarted.Store.IsUnreadable = true;
        var again = await restarted.ConnectAsync("s", Hour);
        Assert.Empty(again.Take());
        restarted.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(again.Take());
        Assert.Equal(2, restarted.Log.Lines.Count);
        Assert.All(restarted.Log.Lines, line => Assert.Contains("queue of s could not be read back", line, StringComparison.Ordinal));
        restarted.Log.Lines.Clear();

        restarted.Store.IsUnreadable = false;
        var before = again.Sink.WakeUps;
        restarted.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(before + 1, again.Sink.WakeUps);
        Assert.Equal(10, again.Take().Count);
        Assert.Empty(restarted.Lost);
    }

    [Fact]
    public async Task While_a_read_is_under_way_the_receiver_is_left_alone_and_then_woken()
    {
        await QueueAsync(10);
        using var restarted = _broker.Crash();
        var mayRead = new TaskCompletionSource();
        restarted.Store.MayRead = mayRead.Task;
        var again = await restarted.ConnectAsync("s", Hour);
        Assert.Empty(again.Take());
        var before = again.Sink.WakeUps;
        await restarted.PublishAsync("t", "10", Qos1);
        Assert.Equal(before, again.Sink.WakeUps);

        mayRead.SetResult();
        await again.Sink.WaitAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Limit, TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(0, 11).Select(i => $"{i}"), again.TakeTexts());
        Assert.Equal(1, restarted.Store.Reads);
    }

    [Fact]
    public async Task A_session_may_end_while_a_read_is_under_way()
    {
        await QueueAsync(10);
        using var restarted = _broker.Crash();
        var mayRead = new TaskCompletionSource();
        restarted.Store.MayRead = mayRead.Task;
        var again = await restarted.ConnectAsync("s", Hour);
        Assert.Empty(again.Take());

        again.Disconnect(TimeSpan.Zero);
        mayRead.SetResult();

        Assert.Empty(again.Take());
        Assert.Equal(new Dictionary<DropCause, long> { [DropCause.SessionEnded] = 10 }, restarted.Lost);
    }

    [Fact]
    public async Task The_oldest_give_way_exactly_although_they_are_on_disk_only()
    {
        using var broker = new TestBroker(new BrokerOptions { MaxQueuedMessages = 1_000, MaxInflight = 40 });
        (await broker.SubscriberAsync("s", expiry: Hour)).Disconnect();
        await QueueAsync(1_000, broker);

        using var restarted = broker.Crash();
        for (var i = 1_000; i < 1_700; i++)
        {
            await restarted.PublishAsync("t", $"{i}", Qos1);
        }

        Assert.Equal(1_000, restarted.Broker.QueueOf("s")!.Value.Messages);
        Assert.Equal(700, restarted.Lost[DropCause.QueueFull]);
        Assert.Equal(Enumerable.Range(700, 1_000).Select(i => $"{i}"), await DrainAsync(restarted));
        Assert.Equal(0, restarted.Store.EntryCount);
    }

    [Fact]
    public async Task A_message_that_expired_on_disk_is_counted_when_it_is_read()
    {
        (await _broker.SubscriberAsync("s", expiry: 2 * Hour)).Disconnect();
        for (var i = 0; i < Many; i++)
        {
            await _broker.Kept(_broker.Broker.PublishAsync(
                MessageOf("t", $"{i}", Qos1) with { ExpiresAt = _broker.Clock.GetUtcNow() + (i % 2 == 0 ? Hour : 2 * Hour) }, isOwn: true));
        }

        _broker.Clock.Advance(Hour);

        Assert.Equal(Enumerable.Range(0, Many).Where(i => i % 2 == 1).Select(i => $"{i}"), await DrainAsync(_broker));
        Assert.Equal(new Dictionary<DropCause, long> { [DropCause.Expired] = Many / 2 }, _broker.Lost);
        Assert.Equal(0, _broker.Store.EntryCount);
    }

    [Fact]
    public async Task Live_messages_follow_the_backlog_in_order()
    {
        await QueueAsync(500);
        var again = await _broker.ConnectAsync("s", Hour);
        var receiver = new Receiver(again);
        for (var i = 500; i < 1_000; i++)
        {
            await _broker.PublishAsync("t", $"{i}", Qos1);
            receiver.Turn();
        }

        while (receiver.Turn())
        {
        }

        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => $"{i}"), receiver.Got);
    }

    [Fact]
    public async Task Only_what_is_near_the_front_is_in_memory()
    {
        await QueueAsync(10_000);
        var held = new WeakReference[1];
        await PublishLastAsync();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        await QueueAsync(WaitingEntries.ReadAhead);
        _broker.Store.ForgetMessages();
        GC.Collect();

        Assert.False(held[0].IsAlive);

        async Task PublishLastAsync()
        {
            var message = MessageOf("t", "far behind", Qos1);
            held[0] = new WeakReference(message);
            await _broker.Kept(_broker.Broker.PublishAsync(message, isOwn: true));
        }
    }

    private async Task QueueAsync(int count, TestBroker? broker = null)
    {
        broker ??= _broker;
        if (broker.Broker.QueueOf("s") is null)
        {
            (await broker.SubscriberAsync("s", expiry: Hour)).Disconnect();
        }

        for (var i = 0; i < count; i++)
        {
            await broker.PublishAsync("t", $"{i}", Qos1);
        }
    }

    private static async Task<List<string>> DrainAsync(TestBroker broker)
    {
        var receiver = new Receiver(await broker.ConnectAsync("s", Hour));
        while (receiver.Turn())
        {
            broker.Store.Commit();
        }

        broker.Store.Commit();
        return receiver.Got;
    }
}
