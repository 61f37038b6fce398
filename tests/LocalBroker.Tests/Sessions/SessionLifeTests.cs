using Edge.LocalBroker.Sessions;
using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests.Sessions;

/// <summary>Beginning, taking over and end of a session (MQTT 5.0 §3.1.2.4, §3.1.2.11.2, §4.1).</summary>
public sealed class SessionLifeTests : IDisposable
{
    private readonly TestBroker _broker = new();

    public void Dispose() => _broker.Dispose();

    [Fact]
    public async Task A_session_without_expiry_ends_with_its_connection()
    {
        var first = await _broker.SubscriberAsync("c");
        await _broker.PublishAsync("t", "1", Qos1);
        await _broker.PublishAsync("t", "2", Qos0);

        first.Disconnect();

        Assert.Null(_broker.Broker.QueueOf("c"));
        Assert.Equal(new Dictionary<DropCause, long> { [DropCause.SessionEnded] = 2 }, _broker.Lost);
        Assert.Equal((0, 0, 0), SessionsConnectedSubscriptions());
        Assert.False((await _broker.ConnectAsync("c")).SessionPresent);
    }

    [Fact]
    public async Task A_session_outlives_its_connection_until_it_expires_by_itself()
    {
        (await _broker.SubscriberAsync("c", expiry: Hour)).Disconnect();
        await _broker.PublishAsync("t", "1", Qos1);
        _broker.Clock.Advance(Hour - TimeSpan.FromSeconds(1));
        Assert.Equal((1, 0, 1), SessionsConnectedSubscriptions());

        _broker.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((0, 0, 0), SessionsConnectedSubscriptions());
        Assert.Equal(new Dictionary<DropCause, long> { [DropCause.SessionEnded] = 1 }, _broker.Lost);
        Assert.Equal(PublishOutcome.NoMatchingSubscribers, await _broker.PublishAsync("t"));
        Assert.Equal((0, 0, 0), (_broker.Store.SessionCount, _broker.Store.EntryCount, _broker.Store.Orphans));
        Assert.False((await _broker.ConnectAsync("c", Hour)).SessionPresent);
    }

    [Fact]
    public async Task While_connected_a_session_does_not_expire()
    {
        var client = await _broker.SubscriberAsync("c", expiry: Hour);
        client.Disconnect();
        client = await _broker.ConnectAsync("c", Hour);
        _broker.Clock.Advance(10 * Hour);

        await _broker.PublishAsync("t", "1");
        Assert.Equal(["1"], client.TakeTexts());

        client.Disconnect();
        _broker.Clock.Advance(Hour - TimeSpan.FromSeconds(1));
        Assert.True((await _broker.ConnectAsync("c", Hour)).SessionPresent);
    }

    [Fact]
    public async Task The_interval_of_the_last_CONNECT_holds()
    {
        (await _broker.ConnectAsync("c", 2 * Hour)).Disconnect();
        (await _broker.ConnectAsync("c", TimeSpan.FromMinutes(1))).Disconnect();

        _broker.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal((0, 0, 0), SessionsConnectedSubscriptions());
    }

    [Fact]
    public async Task The_interval_of_DISCONNECT_replaces_that_of_CONNECT()
    {
        (await _broker.ConnectAsync("shorter", Hour)).Disconnect(TimeSpan.FromMinutes(1));
        (await _broker.ConnectAsync("longer", TimeSpan.FromMinutes(1))).Disconnect(Hour);
        (await _broker.ConnectAsync("at once", Hour)).Disconnect(TimeSpan.Zero);
        Assert.Equal((2, 0, 0), SessionsConnectedSubscriptions());

        _broker.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(_broker.Broker.QueueOf("shorter"));
        Assert.NotNull(_broker.Broker.QueueOf("longer"));

        _broker.Clock.Advance(Hour);
        Assert.Equal((0, 0, 0), SessionsConnectedSubscriptions());
    }

    [Fact]
    public async Task The_broker_s_longest_interval_is_not_exceeded()
    {
        using var broker = new TestBroker(new BrokerOptions { MaxSessionExpiry = Hour });
        var client = await broker.ConnectAsync("c", 2 * Hour);
        Assert.Equal(Hour, client.Session.SessionExpiry);

        client.Disconnect(TimeSpan.MaxValue);
        broker.Clock.Advance(Hour);

        Assert.Null(broker.Broker.QueueOf("c"));
    }

    [Fact]
    public async Task The_gateway_s_own_session_never_expires()
    {
        using var broker = new TestBroker(new BrokerOptions { MaxSessionExpiry = Hour });
        var request = new ConnectRequest
        {
            ClientId = "$edge/bridge/cloud",
            CleanStart = false,
            SessionExpiry = TimeSpan.MaxValue,
            Queue = new QueueLimits(10, 1_000, OverflowPolicy.DropOldest, 10),
        };
        var bridge = await broker.ConnectAsync(request);
        Assert.Equal(TimeSpan.MaxValue, bridge.Session.SessionExpiry);
        await bridge.SubscribeAsync("t");
        bridge.Lose();
        await broker.PublishAsync("t", "1", Qos1);

        broker.Clock.Advance(TimeSpan.FromDays(100_000));

        Assert.Equal(["1"], (await broker.ConnectAsync(request)).TakeTexts());
    }

    // [MQTT-3.1.2-4]
    [Fact]
    public async Task A_clean_start_ends_the_old_session_and_counts_what_waited_in_it()
    {
        (await _broker.SubscriberAsync("c", expiry: Hour)).Disconnect();
        await _broker.PublishAsync("t", "1", Qos1);
        await _broker.PublishAsync("t", "2", Qos2);

        var anew = await _broker.ConnectAsync("c", Hour, cleanStart: true);

        Assert.False(anew.SessionPresent);
        Assert.Empty(anew.Take());
        Assert.Empty(anew.Session.Subscriptions);
        Assert.Equal(new Dictionary<DropCause, long> { [DropCause.SessionEnded] = 2 }, _broker.Lost);
        Assert.Equal((1, 0, 0), (_broker.Store.SessionCount, _broker.Store.EntryCount, _broker.Store.Orphans));
        Assert.Equal((1, 1, 0), SessionsConnectedSubscriptions());
    }

    [Fact]
    public async Task The_end_of_an_old_session_is_on_disk_before_the_new_one_is_answered()
    {
        (await _broker.SubscriberAsync("c", expiry: Hour)).Disconnect();
        _broker.Store.Commit();

        var connecting = _broker.Broker.ConnectAsync(new ConnectRequest { ClientId = "c", CleanStart = true }, new RecordingSink()).AsTask();
        Assert.False(connecting.IsCompleted);
        _broker.Store.Commit();
        await connecting.WaitAsync(Limit, TestContext.Current.CancellationToken);

        Assert.Equal((0, 0), (_broker.Store.SessionCount, _broker.Store.Orphans));
    }

    // [MQTT-3.1.4-3]
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Another_connection_takes_the_session_over_and_the_old_one_is_told(bool cleanStart)
    {
        var old = await _broker.SubscriberAsync("c", expiry: Hour);

        var anew = await _broker.ConnectAsync("c", Hour, cleanStart);

        Assert.Equal(DetachReason.TakenOver, old.Sink.Detached);
        Assert.Null(anew.Sink.Detached);
        Assert.Equal(!cleanStart, anew.SessionPresent);
        Assert.Equal((1, 1, cleanStart ? 0 : 1), SessionsConnectedSubscriptions());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Late_calls_of_a_connection_that_was_taken_over_are_harmless(bool cleanStart)
    {
        var old = await _broker.SubscriberAsync("c", expiry: Hour);
        await _broker.PublishAsync("t", "1", Qos1);
        var taken = old.TakeOne();
        var anew = await _broker.ConnectAsync("c", Hour, cleanStart);
        await anew.SubscribeAsync("t");
        await _broker.PublishAsync("t", "2", Qos1);

        Assert.Equal(PublishOutcome.Detached, await old.PublishAsync("t", "from the past", Qos2, packetId: 7));
        Assert.False(await _broker.Kept(old.Session.ReleaseAsync(7)));
        await old.SubscribeAsync("other");
        Assert.Equal(new[] { false }.AsEnumerable(), await old.UnsubscribeAsync("t"));
        Assert.Empty(old.Take());
        old.PubAck(taken.PacketId);
        old.Session.Discard(taken, DropCause.Refused);
        old.Disconnect(TimeSpan.Zero);
        old.Lose();

        Assert.Null(anew.Sink.Detached);
        Assert.Equal(cleanStart ? ["2"] : ["1", "2"], anew.TakeTexts());
        Assert.DoesNotContain(anew.Session.Subscriptions, subscription => subscription.Filter == Filter("other"));
        Assert.Equal(0, _broker.Drops.Read(DropCause.Refused));
    }

    [Fact]
    public async Task A_session_without_expiry_is_not_taken_over_but_begun_anew()
    {
        var old = await _broker.SubscriberAsync("c");

        var anew = await _broker.ConnectAsync("c", Hour);

        Assert.Equal((DetachReason.TakenOver, false), (old.Sink.Detached, anew.SessionPresent));
        Assert.Equal((1, 1, 0), SessionsConnectedSubscriptions());
    }

    [Fact]
    public async Task A_session_resumed_without_expiry_ends_with_that_connection()
    {
        (await _broker.SubscriberAsync("c", expiry: Hour)).Disconnect();
        var again = await _broker.ConnectAsync("c", TimeSpan.Zero);
        Assert.True(again.SessionPresent);

        again.Lose();

        Assert.Equal((0, 0, 0), SessionsConnectedSubscriptions());
        _broker.Store.Commit();
        Assert.Equal((0, 0), (_broker.Store.SessionCount, _broker.Store.Orphans));
    }

    [Fact]
    public async Task A_disconnect_that_asks_for_more_than_CONNECT_did_does_not_revive_a_session_that_was_never_kept()
    {
        var client = await _broker.ConnectAsync("c");

        client.Disconnect(Hour);

        Assert.Equal((0, 0, 0), SessionsConnectedSubscriptions());
    }

    [Fact]
    public async Task A_client_without_ClientId_is_given_one_of_its_own()
    {
        var one = await _broker.ConnectAsync("");
        var other = await _broker.ConnectAsync("");

        Assert.NotEqual(one.Session.ClientId, other.Session.ClientId);
        Assert.Equal((2, 2, 0), SessionsConnectedSubscriptions());
    }

    [Fact]
    public async Task Sessions_with_a_long_expiry_that_were_replaced_are_not_remembered()
    {
        (await _broker.ConnectAsync("c", Hour)).Disconnect();
        var sessions = await ReplaceAsync(100);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.InRange(sessions.Count(session => session.IsAlive), 0, 2);

        async Task<List<WeakReference>> ReplaceAsync(int count)
        {
            var references = new List<WeakReference>();
            for (var i = 0; i < count; i++)
            {
                var client = await _broker.ConnectAsync("c", Hour, cleanStart: true);
                client.Disconnect();
                references.Add(new WeakReference(((SessionConnection)client.Session).Session));
            }

            return references;
        }
    }

    [Fact]
    public async Task Stopping_tells_every_connection()
    {
        var one = await _broker.ConnectAsync("one");
        var two = await _broker.ConnectAsync("two", Hour);

        _broker.Broker.DetachAll();

        Assert.Equal((DetachReason.ShuttingDown, DetachReason.ShuttingDown), (one.Sink.Detached, two.Sink.Detached));
    }

    private (int Sessions, int Connected, int Subscriptions) SessionsConnectedSubscriptions()
    {
        var snapshot = _broker.Broker.Snapshot();
        return (snapshot.Sessions, snapshot.Connected, snapshot.Subscriptions);
    }
}
