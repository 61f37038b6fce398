using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests.Sessions;

/// <summary>The way in at QoS 2: a repeated PUBLISH is not published twice ([MQTT-4.3.3-10]).</summary>
public sealed class ReceivingTests : IDisposable
{
    private readonly TestBroker _broker = new();

    public void Dispose() => _broker.Dispose();

    [Fact]
    public async Task A_repeated_PUBLISH_is_not_routed_twice_until_its_identifier_is_released()
    {
        var subscriber = await _broker.SubscriberAsync("s");
        var publisher = await _broker.ConnectAsync("p");

        Assert.Equal(PublishOutcome.Accepted, await publisher.PublishAsync("t", "1", Qos2, packetId: 5));
        Assert.Equal(PublishOutcome.Repeated, await publisher.PublishAsync("t", "1", Qos2, packetId: 5));
        Assert.Equal(PublishOutcome.Accepted, await publisher.PublishAsync("t", "2", Qos2, packetId: 6));
        Assert.True(await _broker.Kept(publisher.Session.ReleaseAsync(5)));
        Assert.False(await _broker.Kept(publisher.Session.ReleaseAsync(5)));
        Assert.Equal(PublishOutcome.Accepted, await publisher.PublishAsync("t", "3", Qos2, packetId: 5));

        Assert.Equal(["1", "2", "3"], subscriber.TakeTexts());
    }

    // [MQTT-4.3.3-13]
    [Fact]
    public async Task An_exchange_goes_on_although_its_message_has_expired()
    {
        (await _broker.SubscriberAsync("s", expiry: Hour)).Disconnect();
        var publisher = await _broker.ConnectAsync("p", Hour);
        var message = MessageOf("t", "1", Qos2) with { ExpiresAt = _broker.Clock.GetUtcNow() + TimeSpan.FromSeconds(1) };
        Assert.Equal(PublishOutcome.Accepted, await publisher.PublishAsync(message, packetId: 5));

        _broker.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Empty((await _broker.ConnectAsync("s", Hour)).Take());
        Assert.Equal(PublishOutcome.Repeated, await publisher.PublishAsync(message, packetId: 5));
        Assert.True(await _broker.Kept(publisher.Session.ReleaseAsync(5)));
        Assert.Equal(new Dictionary<DropCause, long> { [DropCause.Expired] = 1 }, _broker.Lost);
    }

    [Fact]
    public async Task A_repeat_without_a_subscriber_is_not_counted_twice()
    {
        var publisher = await _broker.ConnectAsync("p");

        Assert.Equal(PublishOutcome.NoMatchingSubscribers, await publisher.PublishAsync("t", "1", Qos2, packetId: 5));
        Assert.Equal(PublishOutcome.Repeated, await publisher.PublishAsync("t", "1", Qos2, packetId: 5));

        Assert.Equal(1, _broker.Lost[DropCause.NoSubscriber]);
    }

    [Fact]
    public async Task A_repeat_is_answered_no_sooner_than_the_first()
    {
        (await _broker.SubscriberAsync("s", expiry: Hour)).Disconnect();
        var publisher = await _broker.ConnectAsync("p");
        var first = publisher.BeginPublish("t", "1", Qos2, packetId: 5);
        var repeat = publisher.BeginPublish("t", "1", Qos2, packetId: 5);
        Assert.False(first.IsCompleted || repeat.IsCompleted);

        _broker.Store.Commit();

        Assert.Equal(PublishOutcome.Accepted, await first.WaitAsync(Limit, TestContext.Current.CancellationToken));
        Assert.Equal(PublishOutcome.Repeated, await repeat.WaitAsync(Limit, TestContext.Current.CancellationToken));
        Assert.Equal(1, _broker.Store.EntriesWritten);
    }

    [Fact]
    public async Task A_durable_publisher_s_exchange_is_accepted_when_it_is_on_disk_even_without_a_receiver()
    {
        var publisher = await _broker.ConnectAsync("p", Hour);

        var outcome = publisher.BeginPublish("t", "1", Qos2, packetId: 5);
        Assert.False(outcome.IsCompleted);
        _broker.Store.Commit();

        Assert.Equal(PublishOutcome.NoMatchingSubscribers, await outcome.WaitAsync(Limit, TestContext.Current.CancellationToken));
        Assert.Equal(1, _broker.Store.ReceivedCount);
    }

    [Fact]
    public async Task An_exchange_goes_on_over_a_reconnect()
    {
        var subscriber = await _broker.SubscriberAsync("s");
        var publisher = await _broker.ConnectAsync("p", Hour);
        await publisher.PublishAsync("t", "1", Qos2, packetId: 5);
        publisher.Lose();

        var again = await _broker.ConnectAsync("p", Hour);

        Assert.Equal(PublishOutcome.Repeated, await again.PublishAsync("t", "1", Qos2, packetId: 5));
        Assert.True(await _broker.Kept(again.Session.ReleaseAsync(5)));
        Assert.Equal(["1"], subscriber.TakeTexts());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_crash_the_exchange_and_its_message_are_both_there_or_both_not(bool committed)
    {
        (await _broker.SubscriberAsync("s", expiry: Hour)).Disconnect();
        var publisher = await _broker.ConnectAsync("p", Hour);
        _ = publisher.BeginPublish("t", "1", Qos2, packetId: 5);
        if (committed)
        {
            _broker.Store.Commit();
        }

        using var restarted = _broker.Crash();
        var again = await restarted.ConnectAsync("p", Hour);
        Assert.Equal(
            committed ? PublishOutcome.Repeated : PublishOutcome.Accepted,
            await again.PublishAsync("t", "1", Qos2, packetId: 5));
        Assert.True(await restarted.Kept(again.Session.ReleaseAsync(5)));

        Assert.Equal(["1"], (await restarted.ConnectAsync("s", Hour)).TakeTexts());
        Assert.Equal(0, restarted.Store.ReceivedCount);
    }

    [Fact]
    public async Task A_release_is_answered_when_a_restart_would_not_bring_it_back()
    {
        var publisher = await _broker.ConnectAsync("p", Hour);
        await publisher.PublishAsync("t", "1", Qos2, packetId: 5);

        var released = publisher.Session.ReleaseAsync(5).AsTask();
        Assert.False(released.IsCompleted);
        using (var early = new TestBroker(store: _broker.Store.Crash(), clock: _broker.Clock))
        {
            Assert.True(await early.Kept((await early.ConnectAsync("p", Hour)).Session.ReleaseAsync(5)));
        }

        _broker.Store.Commit();
        Assert.True(await released.WaitAsync(Limit, TestContext.Current.CancellationToken));
        using var restarted = _broker.Crash();
        Assert.False(await restarted.Kept((await restarted.ConnectAsync("p", Hour)).Session.ReleaseAsync(5)));
    }

    [Fact]
    public async Task A_clean_start_forgets_open_exchanges()
    {
        var subscriber = await _broker.SubscriberAsync("s");
        var publisher = await _broker.ConnectAsync("p", Hour);
        await publisher.PublishAsync("t", "1", Qos2, packetId: 5);

        var anew = await _broker.ConnectAsync("p", Hour, cleanStart: true);

        Assert.Equal(PublishOutcome.Accepted, await anew.PublishAsync("t", "2", Qos2, packetId: 5));
        Assert.Equal(["1", "2"], subscriber.TakeTexts());
        Assert.Equal((1, 0), (_broker.Store.ReceivedCount, _broker.Store.Orphans));
    }

    [Fact]
    public async Task A_refused_message_opens_no_exchange()
    {
        var publisher = await _broker.ConnectAsync("p");

        Assert.Equal(PublishOutcome.NotAuthorized, await publisher.PublishAsync("$SYS/x", "1", Qos2, packetId: 5));

        Assert.False(await _broker.Kept(publisher.Session.ReleaseAsync(5)));
    }
}
