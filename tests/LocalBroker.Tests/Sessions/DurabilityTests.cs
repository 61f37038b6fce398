using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests.Sessions;

/// <summary>Accepted means kept: a publish completes when every durable receiver has the message on disk or has acknowledged it.</summary>
public sealed class DurabilityTests : IDisposable
{
    private readonly TestBroker _broker = new();

    public void Dispose() => _broker.Dispose();

    [Theory]
    [InlineData(Qos1)]
    [InlineData(Qos2)]
    public async Task A_publish_to_an_absent_receiver_completes_with_the_commit(QualityOfService qos)
    {
        (await _broker.SubscriberAsync("s", expiry: Hour)).Disconnect();
        var publisher = await _broker.ConnectAsync("p");

        var outcome = publisher.BeginPublish("t", "1", qos);

        Assert.False(outcome.IsCompleted);
        _broker.Store.Commit();
        Assert.Equal(PublishOutcome.Accepted, await Done(outcome));
        Assert.Equal(1, _broker.Store.EntriesWritten);
    }

    [Fact]
    public async Task What_was_acknowledged_before_the_commit_is_never_written()
    {
        var subscriber = await _broker.SubscriberAsync("s", expiry: Hour);
        var publisher = await _broker.ConnectAsync("p");

        var outcome = publisher.BeginPublish("t", "1", Qos1);
        Assert.False(outcome.IsCompleted);
        subscriber.PubAck(subscriber.TakeOne().PacketId);

        Assert.Equal(PublishOutcome.Accepted, await Done(outcome));
        _broker.Store.Commit();
        Assert.Equal((0, 0), (_broker.Store.EntriesWritten, _broker.Store.EntryCount));
    }

    [Fact]
    public async Task A_publish_waits_for_the_slowest_of_its_durable_receivers()
    {
        var quick = await _broker.SubscriberAsync("quick", expiry: Hour);
        var slow = await _broker.SubscriberAsync("slow", expiry: Hour);
        await _broker.SubscriberAsync("not durable");
        var publisher = await _broker.ConnectAsync("p");

        var outcome = publisher.BeginPublish("t", "1", Qos1);
        quick.PubAck(quick.TakeOne().PacketId);
        Assert.False(outcome.IsCompleted);
        slow.PubAck(slow.TakeOne().PacketId);

        Assert.Equal(PublishOutcome.Accepted, await Done(outcome));
        _broker.Store.Commit();
        Assert.Equal(0, _broker.Store.EntriesWritten);
    }

    [Fact]
    public async Task Only_those_who_did_not_acknowledge_in_time_have_it_written()
    {
        var quick = await _broker.SubscriberAsync("quick", expiry: Hour);
        var slow = await _broker.SubscriberAsync("slow", expiry: Hour);

        var outcome = _broker.Broker.PublishAsync(MessageOf("t", "1", Qos1), isOwn: true).AsTask();
        quick.PubAck(quick.TakeOne().PacketId);
        _broker.Store.Commit();
        await Done(outcome);
        Assert.Equal(1, _broker.Store.EntriesWritten);

        slow.PubAck(slow.TakeOne().PacketId);
        _broker.Store.Commit();
        Assert.Equal(0, _broker.Store.EntryCount);
    }

    [Fact]
    public async Task Receivers_that_end_with_their_connection_are_not_waited_for()
    {
        await _broker.SubscriberAsync("s");
        var publisher = await _broker.ConnectAsync("p");

        Assert.Equal(PublishOutcome.Accepted, await Done(publisher.BeginPublish("t", "1", Qos1)));
        Assert.Equal(PublishOutcome.Accepted, await Done(publisher.BeginPublish("t", "2", Qos2, packetId: 1)));
    }

    [Fact]
    public async Task At_quality_0_nobody_waits()
    {
        await _broker.SubscriberAsync("s", expiry: Hour);
        var publisher = await _broker.ConnectAsync("p");

        Assert.Equal(PublishOutcome.Accepted, await Done(publisher.BeginPublish("t")));
        _broker.Store.Commit();
        Assert.Equal(0, _broker.Store.EntriesWritten);
    }

    [Fact]
    public async Task A_publish_completes_when_its_last_receiver_ends_and_completes_no_other_too_soon()
    {
        var ending = await _broker.SubscriberAsync("ending", expiry: Hour);
        (await _broker.SubscriberAsync("staying", expiry: Hour)).Disconnect();

        var outcome = _broker.Broker.PublishAsync(MessageOf("t", "1", Qos1), isOwn: true).AsTask();
        ending.Disconnect(sessionExpiry: TimeSpan.Zero);
        Assert.False(outcome.IsCompleted);

        _broker.Store.Commit();
        Assert.Equal(PublishOutcome.Accepted, await Done(outcome));
        Assert.Equal(1, _broker.Lost[DropCause.SessionEnded]);
        Assert.Equal((1, 0), (_broker.Store.EntryCount, _broker.Store.Orphans));
    }

    // A receiver could otherwise keep an identifier that a restarted gateway gives to another message, and take that one for a repeat.
    [Fact]
    public async Task Quality_2_is_sent_to_a_durable_session_only_when_it_is_on_disk()
    {
        var subscriber = await _broker.SubscriberAsync("s", expiry: Hour);
        _ = _broker.Broker.PublishAsync(MessageOf("t", "1", Qos2), isOwn: true).AsTask();
        Assert.Empty(subscriber.Take());
        var before = subscriber.Sink.WakeUps;

        _broker.Store.Commit();

        Assert.Equal(before + 1, subscriber.Sink.WakeUps);
        Assert.Equal(["1"], subscriber.TakeTexts());
    }

    [Fact]
    public async Task PUBREL_is_sent_to_a_durable_session_only_when_the_PUBREC_is_on_disk()
    {
        var subscriber = await _broker.SubscriberAsync("s", expiry: Hour);
        await _broker.PublishAsync("t", "1", Qos2);
        var packetId = subscriber.TakeOne().PacketId;

        subscriber.PubRec(packetId);
        subscriber.PubRec(packetId);
        Assert.Empty(subscriber.Take());
        var before = subscriber.Sink.WakeUps;
        _broker.Store.Commit();

        Assert.Equal(before + 1, subscriber.Sink.WakeUps);
        Assert.Equal((DeliveryKind.Release, packetId), subscriber.Take().Select(delivery => (delivery.Kind, delivery.PacketId)).Single());
        subscriber.PubComp(packetId);
        _broker.Store.Commit();
        Assert.Equal(0, _broker.Store.EntryCount);
    }

    [Fact]
    public async Task A_retained_message_waits_for_its_own_commit_even_when_every_receiver_has_acknowledged()
    {
        var subscriber = await _broker.SubscriberAsync("s", expiry: Hour);
        var outcome = _broker.Broker.PublishAsync(MessageOf("t", "1", Qos1, retain: true), isOwn: true).AsTask();

        subscriber.PubAck(subscriber.TakeOne().PacketId);
        Assert.False(outcome.IsCompleted);
        _broker.Store.Commit();

        Assert.Equal(PublishOutcome.Accepted, await Done(outcome));
        Assert.Equal((0, 1), (_broker.Store.EntriesWritten, _broker.Store.RetainedCount));
    }

    [Fact]
    public async Task A_dropped_message_is_not_waited_for()
    {
        using var broker = new TestBroker(new BrokerOptions { MaxQueuedMessages = 1 });
        await broker.SubscriberAsync("s", expiry: Hour);
        var first = broker.Broker.PublishAsync(MessageOf("t", "1", Qos1), isOwn: true).AsTask();
        var second = broker.Broker.PublishAsync(MessageOf("t", "2", Qos1), isOwn: true).AsTask();

        Assert.Equal(PublishOutcome.Accepted, await Done(first));
        Assert.False(second.IsCompleted);
        broker.Store.Commit();

        Assert.Equal(PublishOutcome.Accepted, await Done(second));
        Assert.Equal((1, 1), (broker.Store.EntriesWritten, broker.Lost[DropCause.QueueFull]));
    }

    [Fact]
    public async Task A_new_durable_session_and_its_subscriptions_are_answered_when_they_are_on_disk()
    {
        var connecting = _broker.Broker.ConnectAsync(new ConnectRequest { ClientId = "s", SessionExpiry = Hour }, new RecordingSink()).AsTask();
        Assert.False(connecting.IsCompleted);
        _broker.Store.Commit();
        var session = (await connecting.WaitAsync(Limit, TestContext.Current.CancellationToken)).Session!;

        var subscribing = session.SubscribeAsync([new Subscription { Filter = Filter("t") }]).AsTask();
        Assert.False(subscribing.IsCompleted);
        _broker.Store.Commit();
        await subscribing.WaitAsync(Limit, TestContext.Current.CancellationToken);

        var unsubscribing = session.UnsubscribeAsync([Filter("t")]).AsTask();
        Assert.False(unsubscribing.IsCompleted);
        _broker.Store.Commit();
        Assert.Equal(new[] { true }.AsEnumerable(), await unsubscribing.WaitAsync(Limit, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_session_that_ends_with_its_connection_never_touches_the_disk()
    {
        var connecting = _broker.Broker.ConnectAsync(new ConnectRequest { ClientId = "s" }, new RecordingSink()).AsTask();
        Assert.True(connecting.IsCompletedSuccessfully);
        var session = (await connecting).Session!;
        Assert.True(session.SubscribeAsync([new Subscription { Filter = Filter("t"), MaximumQos = Qos2 }]).AsTask().IsCompletedSuccessfully);
        session.Disconnect(publishWill: false);
        _broker.Store.Commit();

        Assert.Equal((0, 0), (_broker.Store.SessionCount, _broker.Store.Orphans));
    }

    private static Task<PublishOutcome> Done(Task<PublishOutcome> outcome) => outcome.WaitAsync(Limit, TestContext.Current.CancellationToken);
}
