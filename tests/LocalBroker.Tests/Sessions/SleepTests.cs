using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests.Sessions;

/// <summary>Clients that sleep: what waits for them is kept whatever their terms were, and a restart does not take them for lost.</summary>
public sealed class SleepTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly WillMessage Will = new(MessageOf("will", "gone", Qos1));
    private static readonly byte[] Note = "what the protocol noted"u8.ToArray();

    private readonly TestBroker _broker = new();

    public void Dispose() => _broker.Dispose();

    [Fact]
    public async Task What_waits_for_a_sleeper_survives_though_its_session_would_have_ended_with_its_connection()
    {
        var client = await SleeperAsync();
        await client.SubscribeAsync("t/#");
        await _broker.PublishAsync("t/1", "before", Qos1);
        await SleepAsync(client);
        await _broker.PublishAsync("t/1", "1", Qos1);
        await _broker.PublishAsync("t/2", "2", Qos2);

        using var restarted = _broker.Crash();
        var again = await restarted.ConnectAsync(Resuming(window: 10));

        Assert.True(again.SessionPresent);
        Assert.Equal(Note, again.Session.Note.ToArray());
        Assert.Equal(["before", "1", "2"], again.TakeTexts());
        Assert.False(again.Session.IsDrained);
    }

    [Fact]
    public async Task Exchanges_that_are_open_as_it_falls_asleep_are_finished_and_not_repeated()
    {
        var client = await SleeperAsync(window: 10);
        await client.SubscribeAsync("t");
        for (var i = 0; i < 3; i++)
        {
            await _broker.PublishAsync("t", $"{i}", Qos2);
        }

        var before = client.Take();
        client.PubRec(before[0].PacketId);
        client.PubRec(before[1].PacketId);
        client.PubComp(client.Take()[0].PacketId);
        await client.PublishAsync("out", "once", Qos2, packetId: 7);
        await SleepAsync(client);

        using var restarted = _broker.Crash();
        var watcher = await restarted.SubscriberAsync("w", "out");
        var again = await restarted.ConnectAsync(Resuming(window: 10));

        Assert.Equal(
            [(DeliveryKind.Release, before[1].PacketId), (DeliveryKind.Publish, before[2].PacketId)],
            again.Take().Select(delivery => (delivery.Kind, delivery.PacketId)));
        Assert.Equal(PublishOutcome.Repeated, await again.PublishAsync("out", "once", Qos2, packetId: 7));
        Assert.Empty(watcher.Take());
    }

    [Fact]
    public async Task What_it_acknowledges_after_it_fell_asleep_does_not_come_back()
    {
        var client = await SleeperAsync(window: 10);
        await client.SubscribeAsync("t");
        await _broker.PublishAsync("t", "early", Qos1);
        var delivery = client.TakeOne();
        await SleepAsync(client);
        client.PubAck(delivery.PacketId);
        _broker.Store.Commit();
        Assert.True(client.Session.IsDrained);

        using var restarted = _broker.Crash();

        Assert.Empty((await restarted.ConnectAsync(Resuming())).Take());
    }

    [Fact]
    public async Task A_restart_waits_as_long_as_the_sleep_may_last_before_the_client_counts_as_lost()
    {
        await SleepAsync(await SleeperAsync(will: Will));

        using var restarted = _broker.Crash();
        var watcher = await restarted.SubscriberAsync("w", "will");
        restarted.Clock.Advance(Minute - TimeSpan.FromSeconds(1));
        Assert.Empty(watcher.Take());
        Assert.NotNull(restarted.Broker.QueueOf("c"));
        restarted.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(["gone"], watcher.TakeTexts());
        Assert.Null(restarted.Broker.QueueOf("c"));
    }

    [Fact]
    public async Task A_sleeper_that_is_lost_has_its_Will_published_at_once_and_its_session_ended()
    {
        var watcher = await _broker.SubscriberAsync("w", "will");
        var client = await SleeperAsync(will: Will);
        await SleepAsync(client);

        client.Session.Disconnect(publishWill: true, sessionExpiry: TimeSpan.Zero);

        Assert.Equal(["gone"], watcher.TakeTexts());
        _broker.Store.Commit();
        using var restarted = _broker.Crash();
        Assert.Null(restarted.Broker.QueueOf("c"));
    }

    [Fact]
    public async Task Its_Will_moves_with_it_and_so_do_its_terms()
    {
        var watcher = await _broker.SubscriberAsync("w", "will");
        var client = await SleeperAsync(will: Will);
        await SleepAsync(client);

        var moved = await _broker.ConnectAsync(Resuming());

        Assert.Equal(DetachReason.TakenOver, client.Sink.Detached);
        Assert.Empty(watcher.Take());
        Assert.Equal(Minute, moved.Session.SessionExpiry);
        moved.Lose();
        Assert.Equal(["gone"], watcher.TakeTexts());
    }

    [Fact]
    public async Task Nobody_goes_on_with_a_session_that_is_not_there_or_has_no_note_or_is_anothers()
    {
        await _broker.ConnectAsync("mqtt", Hour);

        Assert.Equal(ConnectRefusal.NoSession, await RefusalOf(Resuming()));
        Assert.Equal(ConnectRefusal.NoSession, await RefusalOf(Resuming() with { ClientId = "mqtt" }));
        Assert.NotNull(_broker.Broker.QueueOf("mqtt"));
        Assert.Null(_broker.Broker.QueueOf("c"));

        async Task<ConnectRefusal> RefusalOf(ConnectRequest request) =>
            (await _broker.Kept(_broker.Broker.ConnectAsync(request, new RecordingSink()))).Refusal;
    }

    [Fact]
    public async Task A_note_and_a_Will_that_were_changed_are_kept_as_the_session_is()
    {
        var client = await _broker.ConnectAsync(new ConnectRequest { ClientId = "c", SessionExpiry = Hour, Note = Note, Will = Will });
        await _broker.Kept(client.Session.NoteAsync("changed"u8.ToArray()));
        Assert.True(await _broker.Kept(client.Session.ChangeWillAsync(new WillMessage(MessageOf("will", "changed", Qos1), Minute))));

        using var restarted = _broker.Crash();
        var watcher = await restarted.SubscriberAsync("w", "will");
        restarted.Clock.Advance(2 * Minute);
        var again = await restarted.ConnectAsync(new ConnectRequest { ClientId = "c", CleanStart = false, SessionExpiry = Hour, Note = Note });

        Assert.Equal("changed"u8, again.Session.Note.Span);
        Assert.Equal(["changed"], watcher.TakeTexts());
    }

    [Fact]
    public async Task A_client_that_connects_anew_does_not_sleep_any_more()
    {
        await SleepAsync(await SleeperAsync());
        var awake = await _broker.ConnectAsync(new ConnectRequest { ClientId = "c", CleanStart = false, SessionExpiry = Hour, Will = Will });
        Assert.True(awake.SessionPresent);

        await _broker.SubscriberAsync("w", "will", expiry: Hour);
        using var restarted = _broker.Crash();

        Assert.Equal(["gone"], (await restarted.ConnectAsync("w", Hour)).TakeTexts());
        Assert.NotNull(restarted.Broker.QueueOf("c"));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Who_was_lost_or_has_left_cannot_go_on_as_if_nothing_had_been(bool isLost)
    {
        var client = await _broker.ConnectAsync(new ConnectRequest { ClientId = "c", MaySleep = true, Note = Note, SessionExpiry = Hour, Will = Will });
        client.Session.Disconnect(publishWill: isLost);

        Assert.Equal(ConnectRefusal.NoSession, (await _broker.Broker.ConnectAsync(Resuming(), new RecordingSink())).Refusal);
        Assert.True((await _broker.ConnectAsync("c", Hour)).SessionPresent);
    }

    [Fact]
    public async Task Who_was_awake_when_the_power_went_connects_anew_since_its_Will_has_spoken()
    {
        await _broker.ConnectAsync(new ConnectRequest { ClientId = "c", MaySleep = true, Note = Note, SessionExpiry = Hour, Will = Will });
        using var restarted = _broker.Crash();

        Assert.Equal(ConnectRefusal.NoSession, (await restarted.Broker.ConnectAsync(Resuming(), new RecordingSink())).Refusal);
    }

    private static ConnectRequest Resuming(int window = 1) => new() { ClientId = "c", CleanStart = false, Resumes = true, ReceiveMaximum = window };

    private Task<TestClient> SleeperAsync(int window = 1, WillMessage? will = null) =>
        _broker.ConnectAsync(new ConnectRequest { ClientId = "c", MaySleep = true, Note = Note, ReceiveMaximum = window, Will = will });

    private async Task SleepAsync(TestClient client) => Assert.True(await _broker.Kept(client.Session.SleepAsync(Minute, Minute)));
}
