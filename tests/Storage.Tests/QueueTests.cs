using Edge.Messaging;
using Edge.Messaging.Stores;
using Edge.Storage.Sqlite;

namespace Edge.Storage.Tests;

/// <summary>What a queue keeps, gives back and lets go.</summary>
public sealed class QueueTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Came = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private TestStore _test;

    public QueueTests()
    {
        _test = TestStore.Open(_folder);
        for (var number = 1; number <= 4; number++)
        {
            _test.Store.SaveSession(TestStore.Session(number));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _test.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Messages_are_read_in_order_from_one_position_to_another()
    {
        await StoreAsync(1, 0, 10);
        await StoreAsync(1, 10, 10);
        await StoreAsync(2, 0, 5);

        var read = await _test.Store.ReadAsync(1, 7, 12);

        Assert.Equal([7L, 8, 9, 10, 11, 12], read.Select(message => message.Position));
        Assert.Equal(TestStore.MessageOn("plant/1", "value 11").Payload.Span, read[4].Message!.Payload.Span);
        await _test.AssertPositionsAsync(2, [0, 1, 2, 3, 4]);
        Assert.Empty(await _test.PositionsAsync(3));
    }

    [Fact]
    public async Task An_entry_comes_back_after_a_restart_as_it_was()
    {
        var message = TestStore.MessageOn("plant/1", "21.5");
        _test.Store.Append([new LogEntry(1, 41)
        {
            Qos = QualityOfService.ExactlyOnce,
            Retain = true,
            SubscriptionIdentifiers = [1, 268_435_455],
            Share = TestStore.Filter("$share/g/plänt/#"),
            Size = 123_456,
            QueuedAt = Came,
            Message = message,
            Owner = _test.Owner,
        }]);

        await ReopenAsync();

        Assert.Equal(new StoredEntry(41, 123_456, Came, IsReceived: false), Assert.Single(Entries(1)));
        var entry = Assert.Single(await _test.Store.ReadAsync(1, 0, 100));
        Assert.Equal((1, 41, QualityOfService.ExactlyOnce, true, 123_456), (entry.Queue, entry.Position, entry.Qos, entry.Retain, entry.Size));
        Assert.Equal([1u, 268_435_455u], entry.SubscriptionIdentifiers!);
        Assert.Equal("$share/g/plänt/#", entry.Share.ToString());
        Assert.Equal((LogEntryState.Queued, false, true), (entry.State, entry.Dup, entry.IsStored));
        Assert.False(entry.TryWithdraw());
        Assert.Equal(message.Topic, entry.Message!.Topic);
    }

    [Theory]
    [InlineData(new long[] { 0, 1, 2 })]
    [InlineData(new long[] { 3 })]
    [InlineData(new long[] { 9, 0, 5 })]
    [InlineData(new long[] { 1, 3, 5, 7, 9 })]
    [InlineData(new long[] { 0, 1, 2, 3, 4, 5, 6, 7, 8 })]
    public async Task Removed_entries_do_not_come_back(long[] removed)
    {
        await StoreAsync(1, 0, 10);
        foreach (var position in removed)
        {
            _test.Store.Remove(1, position);
        }

        await ReopenAsync();

        long[] expected = [.. Enumerable.Range(0, 10).Select(position => (long)position).Except(removed)];
        Assert.Equal(expected, Entries(1).Select(entry => entry.Position));
        Assert.Equal(expected, await _test.PositionsAsync(1));
    }

    [Fact]
    public async Task A_queue_of_which_nothing_is_left_leaves_nothing_on_disk()
    {
        await StoreAsync(1, 0, 1_000);
        for (var position = 0; position < 1_000; position++)
        {
            _test.Store.Remove(1, position);
        }

        Assert.Equal(0, await CountAsync("segment"));
    }

    [Fact]
    public async Task A_position_appended_late_finds_its_place_between_others()
    {
        var late = _test.Entry(1, 1);
        _test.Store.Append([_test.Entry(1, 0)]);
        _test.Store.Append([_test.Entry(1, 2)]);
        await _test.Store.CommitAsync();
        _test.Store.Append([late]);
        await _test.Store.CommitAsync();
        await _test.AssertPositionsAsync(1, [0, 1, 2]);

        _test.Store.Remove(1, 2);
        await ReopenAsync();

        await _test.AssertPositionsAsync(1, [0, 1]);
    }

    [Fact]
    public async Task Positions_may_begin_again_within_an_old_segment_of_which_only_the_beginning_is_left()
    {
        await StoreAsync(1, 0, 20);
        for (var position = 6; position < 20; position++)
        {
            _test.Store.Remove(1, position);
        }

        await ReopenAsync();
        await StoreAsync(1, 6, 10);
        _test.Store.Remove(1, 7);
        _test.Store.Remove(1, 3);
        await ReopenAsync();

        long[] expected = [0, 1, 2, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15];
        Assert.Equal(expected, Entries(1).Select(entry => entry.Position));
        Assert.Equal(expected, await _test.PositionsAsync(1));
    }

    [Fact]
    public async Task What_the_receiver_has_is_not_sent_again_but_released_after_a_restart()
    {
        await StoreAsync(1, 0, 3, QualityOfService.ExactlyOnce);
        _test.Store.MarkReceived(_test.Owner.Stored.ElementAt(1));
        await _test.Store.CommitAsync();
        Assert.Equal(1, Assert.Single(_test.Owner.Received).Position);

        await ReopenAsync();

        Assert.Equal([false, true, false], Entries(1).Select(entry => entry.IsReceived));
        await _test.AssertPositionsAsync(1, [0, 2]);
        _test.Store.Remove(1, 1);
        await ReopenAsync();
        Assert.Equal([0L, 2], Entries(1).Select(entry => entry.Position));
    }

    [Fact]
    public async Task Large_messages_come_back_whole()
    {
        var payload = new byte[3_000_000];
        Random.Shared.NextBytes(payload);
        _test.Append(1, 0, TestStore.MessageOn("big") with { Payload = payload });
        _test.Append(1, 1);
        _test.Append(1, 2, TestStore.MessageOn("big") with { Payload = payload.AsMemory(0, 100_000) });

        await ReopenAsync();

        var read = await _test.Store.ReadAsync(1, 0, 10);
        Assert.Equal([3_000_000, 7, 100_000], read.Select(message => message.Message!.Payload.Length));
        Assert.True(read[0].Message!.Payload.Span.SequenceEqual(payload));
    }

    [Fact]
    public async Task A_message_for_many_queues_is_written_once_and_deleted_with_its_last_entry()
    {
        var message = TestStore.MessageOn("firmware") with { Payload = new byte[200_000] };
        _test.Store.Append([_test.Entry(1, 0, message), _test.Entry(2, 0, message), _test.Entry(3, 0, message), _test.Entry(4, 0, message)]);
        await _test.Store.CommitAsync();
        Assert.True(_test.Store.OctetsWritten < 250_000, $"{_test.Store.OctetsWritten} octets");
        Assert.Equal(1, await CountAsync("shared"));

        _test.Store.Remove(1, 0);
        await ReopenAsync();
        Assert.Equal(200_000, Assert.Single(await _test.Store.ReadAsync(3, 0, 10)).Message!.Payload.Length);
        _test.Store.DeleteSession(2);
        _test.Store.MarkReceived(new LogEntry(3, 0) { Owner = _test.Owner });
        await _test.Store.CommitAsync();
        Assert.Equal(1, await CountAsync("shared"));
        _test.Store.Remove(4, 0);
        Assert.Equal(0, await CountAsync("shared"));
        Assert.Equal(1, await CountAsync("segment"));
    }

    [Fact]
    public async Task A_number_may_be_used_again_at_once_after_its_session_was_deleted()
    {
        await StoreAsync(1, 0, 5);
        _test.Store.Append([], new ReceivedExchange(1, 9));
        _test.Store.DeleteSession(1);
        _test.Store.SaveSession(TestStore.Session(1) with { ClientId = "another" });
        _test.Append(1, 2);

        await ReopenAsync();

        var session = _test.State.Sessions.Single(session => session.Record.Number == 1);
        Assert.Equal("another", session.Record.ClientId);
        Assert.Empty(session.ReceivedPacketIds);
        Assert.Equal(2, Assert.Single(session.Entries).Position);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(LogEntry.MaxQueue + 1, 0)]
    [InlineData(1, -1)]
    [InlineData(1, 1L << 40)]
    public void A_key_that_does_not_fit_is_refused(long queue, long position)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _test.Store.Remove(queue, position));
        Assert.Throws<ArgumentOutOfRangeException>(() => { _test.Append(queue, position); });
    }

    private async Task StoreAsync(long queue, long from, int count, QualityOfService qos = QualityOfService.AtLeastOnce)
    {
        _test.Store.Append([.. Enumerable.Range(0, count).Select(offset => _test.Entry(queue, from + offset, qos: qos))]);
        await _test.Store.CommitAsync();
    }

    private IReadOnlyList<StoredEntry> Entries(long queue) => _test.State.Sessions.Single(session => session.Record.Number == queue).Entries;

    private async Task ReopenAsync()
    {
        await _test.DisposeAsync();
        Assert.Empty(_test.Logger.Errors);
        _test = TestStore.Open(_folder);
    }

    private async Task<long> CountAsync(string table)
    {
        await _test.Store.CommitAsync();
        using var copy = _folder.CutPower();
        using var connection = new Connection(copy.Database);
        return connection.QueryInt64($"SELECT count(*) FROM {table}");
    }
}
