using Edge.Messaging.Stores;

namespace Edge.Storage.Tests;

/// <summary>When the store writes, and when it need not. Time stands still unless a test lets it pass.</summary>
public sealed class GroupCommitTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestStore _test;

    public GroupCommitTests() => _test = TestStore.OpenInHeldTime(_folder);

    public async ValueTask DisposeAsync()
    {
        await _test.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_append_is_committed_20_ms_after_the_first_with_all_that_came_since()
    {
        var first = _test.Append(1, 0);
        await _test.PassAsync(19);
        var second = _test.Append(1, 1);
        await _test.SettleAsync();
        Assert.Equal(0, _test.Store.Commits);

        await _test.PassAsync(1);

        Assert.Equal(1, _test.Store.Commits);
        Assert.Equal([first, second], _test.Owner.Stored);
        Assert.Equal(2, _test.Store.EntriesWritten);
    }

    [Fact]
    public async Task What_was_withdrawn_before_the_commit_costs_not_one_octet()
    {
        var before = Log();
        for (var position = 0; position < 100; position++)
        {
            Assert.True(_test.Append(1, position).TryWithdraw());
        }

        await _test.PassAsync(20);
        await _test.PassAsync(1_000);

        Assert.Equal(before, Log());
        Assert.Equal(0, _test.Store.Commits);
        Assert.Equal(100, _test.Store.EntriesLeftOut);
        Assert.Empty(_test.Owner.Stored);
    }

    [Fact]
    public async Task A_stream_of_messages_each_acknowledged_in_10_ms_is_never_written_whoever_asks_meanwhile()
    {
        var before = Log();
        var underWay = new Queue<LogEntry>();
        var waiter = Task.CompletedTask;
        for (var position = 0; position < 1_000; position++)
        {
            if (position % 50 == 0)
            {
                Assert.True(waiter.IsCompletedSuccessfully);
                waiter = _test.Store.CommitAsync();
            }

            underWay.Enqueue(_test.Append(1, position));
            if (underWay.Count == 10)
            {
                Assert.True(underWay.Dequeue().TryWithdraw());
            }

            await _test.PassAsync(1);
        }

        Assert.Equal(before, Log());
        Assert.Equal(0, _test.Store.Commits);

        await _test.PassAsync(20);

        Assert.Equal(underWay, _test.Owner.Stored);
    }

    [Fact]
    public async Task An_entry_removed_before_its_commit_is_not_written_either()
    {
        var before = Log();
        _test.Append(1, 0);
        _test.Store.Remove(1, 0);
        _test.Append(2, 0);
        _test.Store.RemoveQueue(3);
        _test.Append(3, 0);
        _test.Store.RemoveQueue(3);
        _test.Store.Remove(2, 0);

        await _test.PassAsync(20);

        Assert.Equal(before, Log());
        Assert.Equal(3, _test.Store.EntriesLeftOut);
    }

    [Fact]
    public async Task Removals_wait_500_ms_when_nothing_else_is_to_be_written()
    {
        await StoreAsync(0, 3);
        _test.Store.Remove(1, 0);
        await _test.PassAsync(499);
        Assert.Equal(1, _test.Store.Commits);
        _test.Store.Remove(1, 1);

        await _test.PassAsync(1);

        Assert.Equal(2, _test.Store.Commits);
        await _test.AssertPositionsAsync(1, [2]);
    }

    [Fact]
    public async Task Removals_wait_on_when_the_append_beside_them_is_withdrawn()
    {
        await StoreAsync(0, 3);
        _test.Store.Remove(1, 0);
        await _test.PassAsync(100);
        _test.Append(1, 3).TryWithdraw();

        await _test.PassAsync(20);
        Assert.Equal(1, _test.Store.Commits);
        await _test.PassAsync(380);

        Assert.Equal(2, _test.Store.Commits);
        await _test.AssertPositionsAsync(1, [1, 2]);
    }

    [Fact]
    public async Task Removals_go_along_with_an_append()
    {
        await StoreAsync(0, 3);
        _test.Store.Remove(1, 1);
        _test.Append(1, 3);

        await _test.PassAsync(20);

        Assert.Equal(2, _test.Store.Commits);
        await _test.AssertPositionsAsync(1, [0, 2, 3]);
        await _test.PassAsync(1_000);
        Assert.Equal(2, _test.Store.Commits);
    }

    [Fact]
    public async Task Whoever_waits_for_nothing_waits_not()
    {
        await _test.Store.CommitAsync();

        Assert.Equal(0, _test.Store.Commits);
    }

    [Fact]
    public async Task Changes_that_cancelled_out_keep_nobody_waiting()
    {
        var exchange = new ReceivedExchange(1, 7);
        _test.Store.Append([], exchange);
        _test.Store.RemoveReceived(exchange);

        await _test.Store.CommitAsync();

        await _test.PassAsync(1_000);
        Assert.Equal(0, _test.Store.Commits);
    }

    [Fact]
    public async Task Whoever_waits_for_an_entry_that_is_withdrawn_waits_for_no_disk()
    {
        _test.Append(1, 0).TryWithdraw();
        var waiter = _test.Store.CommitAsync();

        await _test.PassAsync(20);

        await waiter;
        Assert.Equal(0, _test.Store.Commits);
    }

    [Fact]
    public async Task Whoever_waits_for_an_entry_waits_until_it_is_on_disk()
    {
        _test.Append(1, 0);
        await _test.PassAsync(10);
        var waiter = _test.Store.CommitAsync();
        await _test.PassAsync(9);
        Assert.False(waiter.IsCompleted);

        await _test.PassAsync(1);

        await waiter;
        Assert.Equal(1, _test.Store.Commits);
    }

    [Fact]
    public async Task A_record_is_committed_within_20_ms_when_somebody_waits_for_it()
    {
        _test.Store.SaveSession(TestStore.Session(1));
        await _test.PassAsync(100);
        Assert.Equal(0, _test.Store.Commits);
        var waiter = _test.Store.CommitAsync();

        await _test.PassAsync(20);

        await waiter;
        Assert.Equal(1, _test.Store.Commits);
    }

    [Fact]
    public async Task A_retained_value_nobody_waits_for_is_written_once_for_all_that_came_in_500_ms()
    {
        for (var value = 0; value < 500; value++)
        {
            _test.Store.SaveRetained(TestStore.MessageOn("plant/1/temperature", $"{value}"));
            await _test.PassAsync(1);
        }

        Assert.Equal(1, _test.Store.Commits);
        Assert.True(_test.Store.OctetsWritten < 4096, $"{_test.Store.OctetsWritten} octets");
        using var copy = _folder.CutPower();
        await using var again = TestStore.Open(copy);
        Assert.Equal("499", System.Text.Encoding.UTF8.GetString(Assert.Single(again.State.Retained).Payload.Span));
    }

    [Fact]
    public async Task An_exchange_and_its_message_stand_in_the_same_commit()
    {
        _test.Store.SaveSession(TestStore.Session(1));
        _test.Store.Append([_test.Entry(1, 0)], new ReceivedExchange(1, 7));

        await _test.PassAsync(20);

        using var copy = _folder.CutPower();
        await using var again = TestStore.Open(copy);
        var session = Assert.Single(again.State.Sessions);
        Assert.Equal([(ushort)7], session.ReceivedPacketIds);
        Assert.Single(session.Entries);
    }

    [Fact]
    public async Task Stopping_writes_what_waits()
    {
        _test.Store.SaveSession(TestStore.Session(1));
        var entry = _test.Append(1, 0);
        var waiter = _test.Store.CommitAsync();

        await _test.Store.StopAsync(TestContext.Current.CancellationToken);

        await waiter;
        Assert.Equal([entry], _test.Owner.Stored);
        Assert.False(File.Exists(_folder.Log));
        Assert.Throws<ObjectDisposedException>(() => _test.Store.Remove(1, 0));
        await using var again = TestStore.Open(_folder);
        Assert.Single(Assert.Single(again.State.Sessions).Entries);
    }

    [Fact]
    public async Task A_received_mark_reaches_the_disk_before_the_owner_hears_of_it()
    {
        _test.Store.SaveSession(TestStore.Session(1));
        var entry = _test.Append(1, 0, qos: Messaging.QualityOfService.ExactlyOnce);
        await _test.PassAsync(20);
        _test.Store.MarkReceived(entry);
        Assert.Empty(_test.Owner.Received);

        await _test.PassAsync(20);

        Assert.Equal([entry], _test.Owner.Received);
        Assert.Empty(await _test.PositionsAsync(1));
        using var copy = _folder.CutPower();
        await using var again = TestStore.Open(copy);
        Assert.True(Assert.Single(Assert.Single(again.State.Sessions).Entries).IsReceived);
    }

    private async Task StoreAsync(long from, int count)
    {
        for (var position = from; position < from + count; position++)
        {
            _test.Append(1, position);
        }

        await _test.PassAsync(20);
    }

    private (long Length, DateTime Written) Log() =>
        (new FileInfo(_folder.Log) is { Exists: true } file ? file.Length : 0, File.GetLastWriteTimeUtc(_folder.Log));
}
