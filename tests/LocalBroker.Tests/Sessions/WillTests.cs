using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using Edge.Messaging.Stores;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests.Sessions;

/// <summary>The Will (MQTT 5.0 §3.1.2.5, §3.1.3.2.2).</summary>
public sealed class WillTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly WillMessage AtOnce = new(MessageOf("will", "at once", Qos1));
    private static readonly WillMessage Delayed = new(MessageOf("will", "delayed", Qos1), Minute);

    private readonly TestBroker _broker = new();

    public void Dispose() => _broker.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_goes_without_saying_so_has_its_Will_published(bool durable)
    {
        var watcher = await _broker.SubscriberAsync("w");
        var client = await _broker.ConnectAsync("c", durable ? Hour : default, will: AtOnce);

        client.Lose();

        var delivery = watcher.TakeOne();
        Assert.Equal(("at once", Qos1, "c"), (delivery.Message.Text(), delivery.Qos, delivery.Message!.Origin));
        client.Lose();
        Assert.Empty(watcher.Take());
    }

    // [MQTT-3.14.4-3]
    [Fact]
    public async Task A_client_that_says_good_bye_has_it_forgotten()
    {
        var watcher = await _broker.SubscriberAsync("w");
        (await _broker.ConnectAsync("c", will: AtOnce)).Disconnect();
        (await _broker.ConnectAsync("d", Hour, will: Delayed)).Disconnect();

        _broker.Clock.Advance(2 * Hour);

        Assert.Empty(watcher.Take());
    }

    [Fact]
    public async Task A_delayed_Will_is_published_after_its_delay()
    {
        var watcher = await _broker.SubscriberAsync("w");
        (await _broker.ConnectAsync("c", Hour, will: Delayed)).Lose();
        _broker.Clock.Advance(Minute - TimeSpan.FromSeconds(1));
        Assert.Empty(watcher.Take());

        _broker.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(["delayed"], watcher.TakeTexts());
        _broker.Clock.Advance(Hour);
        Assert.Empty(watcher.Take());
    }

    // [MQTT-3.1.3-9]
    [Fact]
    public async Task A_reconnect_within_the_delay_cancels_it()
    {
        var watcher = await _broker.SubscriberAsync("w");
        (await _broker.ConnectAsync("c", Hour, will: Delayed)).Lose();
        _broker.Clock.Advance(Minute / 2);

        var again = await _broker.ConnectAsync("c", Hour);
        _broker.Clock.Advance(Hour);

        Assert.Empty(watcher.Take());
        again.Lose();
        Assert.Empty(watcher.Take());
    }

    [Fact]
    public async Task A_clean_start_within_the_delay_ends_the_session_and_so_publishes_it()
    {
        var watcher = await _broker.SubscriberAsync("w");
        (await _broker.ConnectAsync("c", Hour, will: Delayed)).Lose();

        await _broker.ConnectAsync("c", cleanStart: true);

        Assert.Equal(["delayed"], watcher.TakeTexts());
    }

    [Theory]
    [InlineData(30)]
    [InlineData(0)]
    public async Task A_session_that_ends_before_the_delay_publishes_it(int expirySeconds)
    {
        var watcher = await _broker.SubscriberAsync("w");
        (await _broker.ConnectAsync("c", TimeSpan.FromSeconds(expirySeconds), will: Delayed)).Lose();

        _broker.Clock.Advance(TimeSpan.FromSeconds(expirySeconds));

        Assert.Equal(["delayed"], watcher.TakeTexts());
        Assert.Null(_broker.Broker.QueueOf("c"));
    }

    [Fact]
    public async Task A_take_over_publishes_the_Will_of_the_old_connection()
    {
        var watcher = await _broker.SubscriberAsync("w");
        await _broker.ConnectAsync("c", Hour, will: AtOnce);

        await _broker.ConnectAsync("c", Hour, will: AtOnce with { Message = MessageOf("will", "of the new one") });

        Assert.Equal(["at once"], watcher.TakeTexts());
    }

    [Fact]
    public async Task A_take_over_cancels_a_Will_that_has_a_delay_when_the_session_goes_on()
    {
        var watcher = await _broker.SubscriberAsync("w");
        await _broker.ConnectAsync("c", Hour, will: Delayed);

        await _broker.ConnectAsync("c", Hour);
        _broker.Clock.Advance(Hour);

        Assert.Empty(watcher.Take());
    }

    [Fact]
    public async Task A_take_over_that_ends_the_session_publishes_a_Will_with_a_delay_too()
    {
        var watcher = await _broker.SubscriberAsync("w");
        await _broker.ConnectAsync("c", Hour, will: Delayed);

        await _broker.ConnectAsync("c", cleanStart: true);

        Assert.Equal(["delayed"], watcher.TakeTexts());
    }

    [Fact]
    public async Task The_expiry_of_a_Will_counts_from_its_publication()
    {
        (await _broker.SubscriberAsync("w", expiry: 2 * Hour)).Disconnect();
        (await _broker.ConnectAsync("c", Hour, will: Delayed with { ExpiryInterval = TimeSpan.FromSeconds(10) })).Lose();
        _broker.Clock.Advance(Minute);
        _broker.Store.Commit();

        var message = (await _broker.ConnectAsync("w", Hour)).TakeOne().Message!;

        Assert.Equal(_broker.Clock.GetUtcNow() + TimeSpan.FromSeconds(10), message.ExpiresAt);
    }

    // [MQTT-3.1.2-14], [MQTT-3.1.2-15]
    [Theory, InlineData(true), InlineData(false)]
    public async Task A_Will_is_retained_when_it_says_so(bool retain)
    {
        (await _broker.ConnectAsync("c", will: AtOnce with { Message = MessageOf("will", "gone", retain: retain) })).Lose();

        Assert.Equal(retain ? ["gone"] : [], (await _broker.SubscriberAsync("w")).TakeTexts());
    }

    [Fact]
    public async Task A_Will_may_not_say_what_only_the_gateway_may_say()
    {
        var watcher = await _broker.SubscriberAsync("w", "$SYS/#");
        (await _broker.ConnectAsync("c", will: new WillMessage(MessageOf("$SYS/broker/version", "mine", retain: true)))).Lose();

        Assert.Empty(watcher.Take());
        Assert.Equal((0, 1L), (_broker.Broker.Snapshot().Retained, _broker.Lost[DropCause.NotAuthorized]));
    }

    [Fact]
    public async Task No_Local_holds_for_a_Will()
    {
        var client = await _broker.ConnectAsync("c", Hour, will: AtOnce);
        await client.SubscribeAsync(new Subscription { Filter = Filter("will"), MaximumQos = Qos1, NoLocal = true });
        client.Lose();

        Assert.Empty((await _broker.ConnectAsync("c", Hour)).Take());
    }

    [Fact]
    public async Task A_crash_is_the_end_of_the_connection_and_the_Will_is_published_after_the_restart()
    {
        (await _broker.SubscriberAsync("w", "will", expiry: 2 * Hour)).Disconnect();
        await _broker.ConnectAsync("at once", Hour, will: AtOnce);
        await _broker.ConnectAsync("delayed", Hour, will: Delayed);

        using var restarted = _broker.Crash();
        restarted.Clock.Advance(TimeSpan.Zero);
        restarted.Store.Commit();
        var watcher = await restarted.ConnectAsync("w", 2 * Hour);
        Assert.Equal(["at once"], watcher.TakeTexts());

        restarted.Clock.Advance(Minute);
        Assert.Equal(["delayed"], watcher.TakeTexts());
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_crash_finds_the_Will_or_its_message_and_never_both(bool isDelayed)
    {
        (await _broker.SubscriberAsync("w", "will", expiry: 2 * Hour)).Disconnect();
        var client = await _broker.ConnectAsync("c", Hour, will: isDelayed ? Delayed : AtOnce);
        if (isDelayed)
        {
            client.Lose();
        }

        // A commit falls between the message and what the session is saved as.
        _broker.Store.Interrupt(nameof(ISessionStore.SaveSession), _broker.Store.Commit);
        if (isDelayed)
        {
            _broker.Clock.Advance(Minute);
        }
        else
        {
            client.Lose();
        }

        using var restarted = _broker.Crash();
        restarted.Clock.Advance(Minute);
        restarted.Store.Commit();
        var watcher = await restarted.ConnectAsync("w", 2 * Hour);
        Assert.Single(watcher.TakeTexts());
    }

    // Another connection with its ClientId ends the session; a second may come while the first is about to publish the Will, or to delete it.
    [Theory]
    [InlineData(nameof(ISessionStore.DeleteSession), false)]
    [InlineData(nameof(ISessionStore.DeleteSession), true)]
    [InlineData(nameof(IMessageLog.Append), true)]
    public async Task A_crash_as_a_session_ends_finds_the_Will_or_its_message_and_never_both(string call, bool isEndedByTwo)
    {
        (await _broker.SubscriberAsync("w", "will", expiry: 2 * Hour)).Disconnect();
        (await _broker.ConnectAsync("c", Hour, will: Delayed)).Lose();
        MemoryStore? left = null;
        _broker.Store.Interrupt(call, () =>
        {
            if (isEndedByTwo)
            {
                _ = _broker.Broker.ConnectAsync(new ConnectRequest { ClientId = "c", CleanStart = true }, new RecordingSink()).AsTask();
            }

            _broker.Store.Commit();
            left = _broker.Store.Crash();
        });
        await _broker.ConnectAsync("c", cleanStart: true);

        using var restarted = new TestBroker(store: left, clock: _broker.Clock);
        restarted.Clock.Advance(Hour);
        restarted.Store.Commit();
        var watcher = await restarted.ConnectAsync("w", 2 * Hour);
        Assert.Single(watcher.TakeTexts());
    }

    [Fact]
    public async Task A_crash_finds_a_Will_for_later_or_the_message_that_waits_and_never_both()
    {
        (await _broker.SubscriberAsync("w", "will", expiry: 2 * Hour)).Disconnect();
        var client = await _broker.ConnectAsync("c", Hour, will: new WillMessage(MessageOf("$delayed/60/will", "later", Qos1)));

        // A commit falls between the message and what the session is saved as.
        _broker.Store.Interrupt(nameof(ISessionStore.SaveSession), _broker.Store.Commit);
        client.Lose();

        using var restarted = _broker.Crash();
        restarted.Clock.Advance(Hour);
        restarted.Store.Commit();
        var watcher = await restarted.ConnectAsync("w", 2 * Hour);
        Assert.Equal(["later"], watcher.TakeTexts());
    }

    [Fact]
    public async Task A_Will_that_waited_for_its_delay_at_a_crash_waits_on()
    {
        (await _broker.SubscriberAsync("w", "will", expiry: 2 * Hour)).Disconnect();
        (await _broker.ConnectAsync("c", Hour, will: Delayed)).Lose();
        _broker.Store.Commit();
        _broker.Clock.Advance(Minute / 2);

        using var restarted = _broker.Crash();
        var watcher = await restarted.ConnectAsync("w", 2 * Hour);
        restarted.Clock.Advance((Minute / 2) - TimeSpan.FromSeconds(1));
        Assert.Empty(watcher.Take());
        restarted.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(["delayed"], watcher.TakeTexts());
        restarted.Store.Commit();
        using var again = restarted.Crash();
        again.Clock.Advance(10 * Minute);
        Assert.Equal(["delayed"], (await again.ConnectAsync("w", 2 * Hour)).TakeTexts());
    }
}
