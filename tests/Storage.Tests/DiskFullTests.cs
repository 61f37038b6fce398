using System.Diagnostics;
using Edge.Messaging.Stores;

namespace Edge.Storage.Tests;

/// <summary>While the disk takes nothing, nothing is acknowledged; when it does again, everything is.</summary>
public sealed class DiskFullTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestStore _test;

    public DiskFullTests() => _test = TestStore.OpenInHeldTime(_folder);

    public async ValueTask DisposeAsync()
    {
        await _test.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_waits_is_acknowledged_in_order_once_there_is_room_again()
    {
        _test.Store.SaveSession(TestStore.Session(1));
        var before = _test.Append(1, 0);
        await _test.PassAsync(20);
        await FillAsync();

        var first = _test.Append(1, 1, Large());
        var waiter = _test.Store.CommitAsync();
        await _test.PassAsync(20);
        var second = _test.Append(1, 2);
        await _test.PassAsync(2_000);

        Assert.Equal([before], _test.Owner.Stored);
        Assert.False(waiter.IsCompleted);
        Assert.False(_test.Store.IsHealthy);
        Assert.Equal(1, _test.Logger.Count(5020));

        await FreeAsync();
        await _test.PassAsync(5_000);

        await waiter;
        Assert.Equal([before, first, second], _test.Owner.Stored);
        Assert.True(_test.Store.IsHealthy);
        Assert.Equal(1, _test.Logger.Count(5021));
        await _test.AssertPositionsAsync(1, [0, 1, 2]);
    }

    [Fact]
    public async Task It_is_tried_less_and_less_often_up_to_every_5_s()
    {
        await FillAsync();
        _test.Append(1, 0, Large());
        await _test.PassAsync(20);
        for (var delay = 100; delay < 5_000; delay *= 2)
        {
            await _test.PassAsync(delay);
        }

        await FreeAsync();
        await _test.PassAsync(4_999);
        Assert.Empty(_test.Owner.Stored);
        await _test.PassAsync(1);

        Assert.Single(_test.Owner.Stored);
    }

    [Fact]
    public async Task An_entry_acknowledged_while_the_disk_was_full_need_not_be_written_any_more()
    {
        await FillAsync();
        var large = _test.Append(1, 0, Large());
        await _test.PassAsync(20);
        Assert.False(large.TryWithdraw());
        _test.Store.Remove(1, 0);
        var small = _test.Append(1, 1);

        await _test.PassAsync(100);

        Assert.Equal([small], _test.Owner.Stored);
        Assert.True(_test.Store.IsHealthy);
        Assert.Equal(1, _test.Store.EntriesLeftOut);
    }

    [Fact]
    public async Task Messages_on_disk_can_be_read_meanwhile()
    {
        _test.Append(1, 0);
        await _test.PassAsync(20);
        await FillAsync();
        _test.Append(1, 1, Large());
        await _test.PassAsync(20);

        await _test.AssertPositionsAsync(1, [0]);
    }

    [Fact]
    public async Task Stopping_gives_up_when_told_to_and_says_how_much_was_not_written()
    {
        await FillAsync();
        _test.Append(1, 0, Large());
        var waiter = _test.Store.CommitAsync();
        await _test.PassAsync(20);
        using var deadline = new CancellationTokenSource();
        var stop = _test.Store.StopAsync(deadline.Token);
        Assert.False(stop.IsCompleted);

        await deadline.CancelAsync();

        await stop;
        await Assert.ThrowsAsync<StoreException>(() => waiter);
        Assert.Equal(1, _test.Logger.Count(5022));
        Assert.Empty(_test.Owner.Stored);
    }

    [Fact]
    public async Task A_disk_that_is_really_full_is_survived()
    {
        using var disk = new SmallDisk(_folder.Path + "-disk", "1m");
        await using var test = TestStore.OpenInHeldTime(disk.Folder);
        test.Store.SaveSession(TestStore.Session(1));
        var position = 0;
        while (test.Store.IsHealthy)
        {
            Assert.True(position < 1_000, "the disk is not as small as it should be");
            test.Append(1, position++, Large());
            await test.PassAsync(20);
        }

        var stored = test.Owner.Stored.Count;
        Assert.InRange(stored, 1, position - 1);
        Assert.Contains("no space left", test.Logger.Errors.First(), StringComparison.Ordinal);

        disk.Grow("16m");
        await test.PassAsync(5_000);

        Assert.Equal(position, test.Owner.Stored.Count);
        using var copy = disk.Folder.CutPower();
        await using var again = TestStore.Open(copy);
        Assert.Equal(position, Assert.Single(again.State.Sessions).Entries.Count);
    }

    private static Messaging.Message Large() => TestStore.MessageOn("large") with { Payload = new byte[50_000] };

    /// <summary>Lets the database grow by a few pages only.</summary>
    private Task FillAsync() => _test.Store.ExecuteAsync("PRAGMA max_page_count = 20");

    private Task FreeAsync() => _test.Store.ExecuteAsync("PRAGMA max_page_count = 1000000");

    /// <summary>A file system in memory of a set size. Only root can mount one.</summary>
    private sealed class SmallDisk : IDisposable
    {
        private readonly string _path;

        public SmallDisk(string path, string size)
        {
            _path = Directory.CreateDirectory(path).FullName;
            Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", _path);
            Folder = new TemporaryFolder(Path.Combine(_path, "store"));
        }

        public TemporaryFolder Folder { get; }

        public void Grow(string size) => Run("mount", "-o", $"remount,size={size}", _path);

        public void Dispose()
        {
            Folder.Dispose();
            Run("umount", "--lazy", _path);
            Directory.Delete(_path);
        }

        private static void Run(string program, params string[] arguments)
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {error}This test needs root.");
        }
    }
}
