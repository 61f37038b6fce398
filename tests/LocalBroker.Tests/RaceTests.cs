using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using Edge.Messaging.Stores;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests;

/// <summary>Two callers that meet, one of them at the worst moment of the other.</summary>
public sealed class RaceTests : IDisposable
{
    private static readonly WillMessage Will = new(MessageOf("will", "gone", Qos1));
    private readonly TestBroker _broker = new();

    public void Dispose() => _broker.Dispose();

    [Fact]
    public async Task A_session_that_is_replaced_while_its_end_of_connection_is_saved_does_not_come_back()
    {
        var client = await _broker.SubscriberAsync("c", expiry: Hour);
        _broker.Store.Interrupt(nameof(ISessionStore.SaveSession), () => Begin(new ConnectRequest { ClientId = "c", CleanStart = true, SessionExpiry = Hour }));

        client.Lose();
        _broker.Store.Commit();

        Assert.Null(Assert.Single(_broker.Store.Load().Sessions).Record.DisconnectedAt);
        Assert.Equal(0, _broker.Store.Orphans);
    }

    [Fact]
    public async Task A_session_that_is_resumed_while_its_end_of_connection_is_saved_is_kept_as_resumed()
    {
        var client = await _broker.ConnectAsync("c", Hour);
        _broker.Store.Interrupt(nameof(ISessionStore.SaveSession), () => Begin(new ConnectRequest { ClientId = "c", CleanStart = false, SessionExpiry = Hour, Will = Will }));

        client.Disconnect();
        _broker.Store.Commit();

        var record = Assert.Single(_broker.Store.Load().Sessions).Record;
        Assert.Equal((null, Will), (record.DisconnectedAt, record.Will));
    }

    [Fact]
    public async Task A_session_that_ends_while_it_is_first_saved_leaves_nothing()
    {
        _broker.Store.Interrupt(nameof(ISessionStore.SaveSession), () => Begin(new ConnectRequest { ClientId = "c", CleanStart = true }));

        var client = await _broker.ConnectAsync("c", Hour);

        Assert.Equal(DetachReason.TakenOver, client.Sink.Detached);
        Assert.Equal((0, 1), (_broker.Store.SessionCount, _broker.Broker.Snapshot().Sessions));
    }

    [Fact]
    public async Task A_session_that_ends_while_it_subscribes_leaves_nothing()
    {
        var client = await _broker.ConnectAsync("c", Hour);
        _broker.Store.Interrupt(nameof(ISessionStore.SaveSubscription), () => Begin(new ConnectRequest { ClientId = "c", CleanStart = true }));

        await client.SubscribeAsync("t");
        _broker.Store.Commit();

        Assert.Equal((0, 0), (_broker.Broker.Snapshot().Subscriptions, _broker.Store.Orphans));
        Assert.Equal(PublishOutcome.NoMatchingSubscribers, await _broker.PublishAsync("t"));
    }

    [Fact]
    public async Task A_subscription_that_is_taken_back_while_it_is_made_leaves_nothing()
    {
        var client = await _broker.ConnectAsync("c", Hour);
        _broker.Store.Interrupt(nameof(ISessionStore.SaveSubscription), () => _ = client.Session.UnsubscribeAsync([Filter("t")]).AsTask());

        await client.SubscribeAsync("t");
        _broker.Store.Commit();

        Assert.Equal(0, _broker.Broker.Snapshot().Subscriptions);
        Assert.Empty(client.Session.Subscriptions);
        Assert.Empty(Assert.Single(_broker.Store.Load().Sessions).Subscriptions);
    }

    [Fact]
    public async Task A_subscription_that_is_made_anew_while_it_is_taken_back_stays()
    {
        var client = await _broker.SubscriberAsync("c", "t", expiry: Hour);
        _broker.Store.Interrupt(nameof(ISessionStore.DeleteSubscription), () => _ = client.Session.SubscribeAsync([new Subscription { Filter = Filter("t"), Identifier = 2 }]).AsTask());

        await client.UnsubscribeAsync("t");
        _broker.Store.Commit();

        await _broker.PublishAsync("t");
        Assert.Equal([2u], client.TakeOne().SubscriptionIdentifiers!);
        Assert.Equal(2u, Assert.Single(Assert.Single(_broker.Store.Load().Sessions).Subscriptions).Identifier);
    }

    [Fact]
    public async Task Of_two_retained_messages_disk_and_memory_keep_the_same()
    {
        _broker.Store.Interrupt(nameof(ISessionStore.SaveRetained), () => _ = _broker.Broker.PublishAsync(MessageOf("t", "second", retain: true), isOwn: true).AsTask());

        await _broker.PublishAsync("t", "first", retain: true);
        _broker.Store.Commit();

        Assert.Equal("second", Assert.Single(_broker.Store.Load().Retained).Text());
        Assert.Equal(["second"], (await _broker.SubscriberAsync("s")).TakeTexts());
    }

    [Fact]
    public async Task A_retained_message_that_is_cleared_while_it_is_saved_stays_cleared()
    {
        _broker.Store.Interrupt(nameof(ISessionStore.SaveRetained), () => _ = _broker.Broker.PublishAsync(MessageOf("t", "", retain: true), isOwn: true).AsTask());

        await _broker.PublishAsync("t", "first", retain: true);
        _broker.Store.Commit();

        Assert.Equal((0, 0), (_broker.Store.RetainedCount, _broker.Broker.Snapshot().Retained));
    }

    [Fact]
    public async Task A_publisher_s_session_that_ends_while_its_exchange_is_appended_leaves_nothing()
    {
        (await _broker.SubscriberAsync("s", expiry: Hour)).Disconnect();
        var publisher = await _broker.ConnectAsync("p", Hour);
        _broker.Store.Interrupt(nameof(IMessageLog.Append), () => publisher.Disconnect(TimeSpan.Zero));

        Assert.Equal(PublishOutcome.Accepted, await publisher.PublishAsync("t", "1", Qos2, packetId: 5));

        Assert.Equal((0, 0), (_broker.Store.ReceivedCount, _broker.Store.Orphans));
        Assert.Equal(1, _broker.Store.EntryCount);
    }

    [Fact]
    public async Task A_receiver_s_session_that_ends_while_a_message_is_appended_holds_nobody_up_and_leaves_nothing()
    {
        var ending = await _broker.SubscriberAsync("ending", expiry: Hour);
        (await _broker.SubscriberAsync("staying", expiry: Hour)).Disconnect();
        _broker.Store.Interrupt(nameof(IMessageLog.Append), () => ending.Disconnect(TimeSpan.Zero));

        Assert.Equal(PublishOutcome.Accepted, await _broker.PublishAsync("t", "1", Qos1));

        Assert.Equal((1, 0), (_broker.Store.EntryCount, _broker.Store.Orphans));
        Assert.Equal(1, _broker.Lost[DropCause.SessionEnded]);
    }

    [Fact]
    public async Task A_message_acknowledged_before_it_is_appended_is_never_written()
    {
        var subscriber = await _broker.SubscriberAsync("s", expiry: Hour);
        _broker.Store.Interrupt(nameof(IMessageLog.Append), () => subscriber.PubAck(subscriber.TakeOne().PacketId));

        Assert.Equal(PublishOutcome.Accepted, await _broker.PublishAsync("t", "1", Qos1));

        Assert.Equal(0, _broker.Store.EntriesWritten);
    }

    [Fact]
    public async Task A_receiver_that_ends_while_its_entry_is_written_completes_no_publish_for_others()
    {
        var ending = await _broker.SubscriberAsync("ending", expiry: Hour);
        (await _broker.SubscriberAsync("staying", expiry: Hour)).Disconnect();
        var outcome = _broker.Broker.PublishAsync(MessageOf("t", "1", Qos1), isOwn: true).AsTask();
        var (written, waiting) = (_broker.Store.Appended[0], _broker.Store.Appended[1]);
        var receipt = (PublishReceipt)waiting.Receipt!;
        Assert.True(written.TryBeginWrite());

        ending.Disconnect(TimeSpan.Zero);
        written.Owner!.OnStored(written);

        Assert.False(receipt.AllKept.IsCompleted);
        _broker.Store.Commit();
        Assert.Equal(PublishOutcome.Accepted, await outcome.WaitAsync(Limit, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_client_that_returns_the_moment_it_went_keeps_its_connection()
    {
        var client = await _broker.SubscriberAsync("c", expiry: Hour);
        Task<ConnectOutcome>? returned = null;
        _broker.Log.Interruption = ("Client c disconnected", () => returned = Begin(new ConnectRequest { ClientId = "c", CleanStart = false, SessionExpiry = TimeSpan.Zero }));

        client.Lose();

        Assert.Equal((1, 1, 1), (_broker.Broker.Snapshot().Sessions, _broker.Broker.Snapshot().Connected, _broker.Broker.Snapshot().Subscriptions));
        Assert.Equal(PublishOutcome.Accepted, await (await SessionOf(returned)).PublishAsync(MessageOf("t")));
    }

    [Fact]
    public async Task A_Will_without_delay_is_published_although_the_client_returns_the_moment_it_went()
    {
        var watcher = await _broker.SubscriberAsync("w", "will");
        var client = await _broker.ConnectAsync("c", Hour, will: Will);
        _broker.Log.Interruption = ("Client c disconnected", () => Begin(new ConnectRequest { ClientId = "c", CleanStart = false, SessionExpiry = Hour }));

        client.Lose();

        Assert.Equal(["gone"], watcher.TakeTexts());
    }

    [Fact]
    public async Task A_client_that_returns_while_its_Will_falls_due_keeps_its_connection()
    {
        Task<ConnectOutcome>? returned = null;
        var watcher = new ActingSink(() => returned = Begin(new ConnectRequest { ClientId = "c", CleanStart = false, SessionExpiry = Hour }));
        var watching = (await _broker.Broker.ConnectAsync(new ConnectRequest { ClientId = "w" }, watcher)).Session!;
        await watching.SubscribeAsync([new Subscription { Filter = Filter("will") }]);
        (await _broker.ConnectAsync("c", Hour, will: Will with { Delay = TimeSpan.FromMinutes(1) })).Lose();

        _broker.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(PublishOutcome.NoMatchingSubscribers, await (await SessionOf(returned)).PublishAsync(MessageOf("t")));
        Assert.Equal(2, _broker.Broker.Snapshot().Connected);
    }

    [Fact]
    public async Task A_clean_start_that_meets_the_end_of_the_session_is_answered_when_that_end_is_on_disk()
    {
        var client = await _broker.ConnectAsync("c", Hour);
        Task<ConnectOutcome>? connecting = null;
        var sessions = -1;
        _broker.Store.Interrupt(nameof(ISessionStore.DeleteSession), () =>
        {
            connecting = Begin(new ConnectRequest { ClientId = "c", CleanStart = true });
            _broker.Store.Commit();
            sessions = _broker.Store.SessionCount;
        });

        client.Disconnect(TimeSpan.Zero);

        Assert.NotNull((await SessionOf(connecting)).ClientId);
        Assert.Equal(0, sessions);
    }

    /// <summary>Connects without waiting for the disk.</summary>
    private Task<ConnectOutcome> Begin(ConnectRequest request) => _broker.Broker.ConnectAsync(request, new RecordingSink()).AsTask();

    private async Task<IBrokerSession> SessionOf(Task<ConnectOutcome>? connecting)
    {
        _broker.Store.Commit();
        return (await connecting!.WaitAsync(Limit, TestContext.Current.CancellationToken)).Session!;
    }

    private sealed class ActingSink(Action act) : IDeliverySink
    {
        public void OnDeliveriesWaiting() => act();

        public void OnDetached(DetachReason reason) => throw new InvalidOperationException($"Parted: {reason}");
    }
}
