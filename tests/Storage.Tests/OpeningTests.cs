using Edge.Storage.Schema;
using Edge.Storage.Sqlite;

namespace Edge.Storage.Tests;

/// <summary>When there is no store to be had, and what the operator is told.</summary>
public sealed class OpeningTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_folder_is_made_when_missing()
    {
        var options = new StorageOptions { Directory = Path.Combine(_folder.Path, "var", "lib") };

        await using var store = SqliteStore.Open(options, new Drops(), TimeProvider.System, new RecordingLogger());

        Assert.True(File.Exists(Path.Combine(options.Directory, "edge.db")));
        Assert.True(store.IsHealthy);
        Assert.Null(store.LastCommitAt);
    }

    [Fact]
    public async Task A_second_one_on_the_same_folder_is_refused_until_the_first_is_closed()
    {
        await using (TestStore.Open(_folder))
        {
            var refusal = Assert.Throws<StoreUnavailableException>(() => TestStore.Open(_folder));
            Assert.Contains("in use by another process", refusal.Message, StringComparison.Ordinal);
            Assert.Contains(_folder.Path, refusal.Message, StringComparison.Ordinal);
        }

        await using var again = TestStore.Open(_folder);
    }

    [Theory]
    [InlineData("/proc/edge-store")]
    [InlineData("/dev/null/edge-store")]
    public void A_folder_that_cannot_be_made_is_named_with_what_to_do(string directory)
    {
        var options = new StorageOptions { Directory = directory };

        var refusal = Assert.Throws<StoreUnavailableException>(
            () => { SqliteStore.Open(options, new Drops(), TimeProvider.System, new RecordingLogger()); });

        Assert.Contains(directory, refusal.Message, StringComparison.Ordinal);
        Assert.Matches("gateway.data_dir|own the folder", refusal.Message);
    }

    [Fact]
    public void A_folder_in_place_of_the_database_is_no_damage()
    {
        Directory.CreateDirectory(_folder.Database);

        var refusal = Assert.Throws<StoreUnavailableException>(() => TestStore.Open(_folder));

        Assert.Contains("cannot be opened", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_folder.SetAside);
    }

    [Fact]
    public async Task A_repair_that_a_power_cut_interrupted_is_finished()
    {
        await using (var test = TestStore.Open(_folder))
        {
            test.Store.SaveSession(TestStore.Session(1));
        }

        // As after the damaged database was moved away, and before its log was, and the new one was put in its place.
        var damaged = _folder.Database + ".damaged-20260203T040506.000Z";
        File.Copy(_folder.Database, damaged);
        File.Move(_folder.Database, _folder.Database + ".salvaged");
        await File.WriteAllTextAsync(_folder.Log, "the log of the damaged one", TestContext.Current.CancellationToken);

        await using var again = TestStore.Open(_folder);

        Assert.Single(again.State.Sessions);
        Assert.True(File.Exists(damaged + "-wal"));
    }

    [Fact]
    public async Task A_half_made_copy_of_an_interrupted_repair_is_thrown_away()
    {
        await using (var test = TestStore.Open(_folder))
        {
            test.Store.SaveSession(TestStore.Session(1));
        }

        await File.WriteAllTextAsync(_folder.Database + ".salvaged", "half", TestContext.Current.CancellationToken);

        await using var again = TestStore.Open(_folder);

        Assert.Single(again.State.Sessions);
        Assert.False(File.Exists(_folder.Database + ".salvaged"));
    }

    [Fact]
    public async Task A_store_of_a_newer_version_is_set_aside_and_what_is_known_is_taken_over()
    {
        await using (var test = TestStore.Open(_folder))
        {
            test.Store.SaveSession(TestStore.Session(1));
            test.Append(1, 0);
        }

        using (var connection = new Connection(_folder.Database))
        {
            connection.Execute("PRAGMA user_version = 9; CREATE TABLE other (id); DROP TABLE retained");
        }

        await using var again = TestStore.Open(_folder);

        Assert.Single(Assert.Single(again.State.Sessions).Entries);
        Assert.Contains("version 9", Assert.Single(again.Logger.Errors), StringComparison.Ordinal);
        using var setAside = new Connection(Assert.Single(_folder.SetAside));
        Assert.Equal(9, setAside.QueryInt64("PRAGMA user_version"));
    }

    [Fact]
    public async Task A_store_of_the_first_version_is_brought_up_to_date_with_all_that_is_in_it()
    {
        string[] tables;
        using (var first = new Connection(Path.Combine(_folder.Path, "first.db")))
        {
            using var script = new StreamReader(typeof(StoreSchema).Assembly.GetManifestResourceStream(typeof(StoreSchema), "0001.sql")!);
            first.Execute(await script.ReadToEndAsync(TestContext.Current.CancellationToken));
            tables = TablesOf(first);
        }

        await using (var test = TestStore.Open(_folder))
        {
            test.Store.SaveSession(TestStore.Session(1));
            test.Append(1, 0);
            test.Store.SaveRetained(TestStore.MessageOn("retained"));
        }

        using (var connection = new Connection(_folder.Database))
        {
            connection.Execute("PRAGMA user_version = 1; DROP TABLE delayed");
            Assert.Equal(tables, TablesOf(connection));
        }

        await using (var test = TestStore.Open(_folder))
        {
            Assert.Single(Assert.Single(test.State.Sessions).Entries);
            Assert.Single(test.State.Retained);
            test.Store.SaveDelayed(TestStore.Delayed(1));
            Assert.Empty(test.Logger.Errors);
        }

        await using var again = TestStore.Open(_folder);
        Assert.Single(again.State.Delayed);
        Assert.Empty(_folder.SetAside);

        static string[] TablesOf(Connection connection) =>
            [.. connection.Query("SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema WHERE sql NOT NULL ORDER BY name)")!.Split(';')];
    }

    [Fact]
    public async Task Segments_of_the_second_version_are_read_without_their_times_and_their_entries_removed()
    {
        await using (var test = TestStore.Open(_folder))
        {
            test.Store.SaveSession(TestStore.Session(1));
            test.Store.Append([test.Entry(1, 0), test.Entry(1, 1)]);
        }

        using (var connection = new Connection(_folder.Database))
        {
            var (id, head) = HeadOf(connection);
            byte[] old = [1, .. head[9..]];
            Storage.Records.Record.Seal(id, old);
            connection.Prepare("UPDATE segment SET head = ?").Bind(1, old).Run();
            connection.Execute("PRAGMA user_version = 2");
        }

        await using (var test = TestStore.Open(_folder))
        {
            Assert.Equal([default, default], Assert.Single(test.State.Sessions).Entries.Select(entry => entry.QueuedAt));
            test.Store.Remove(1, 0);
        }

        await using var again = TestStore.Open(_folder);
        var left = await again.PositionsAsync(1);
        Assert.Equal([1L], left);
        Assert.Empty(again.Logger.Errors);

        static (long Id, byte[] Head) HeadOf(Connection connection)
        {
            using var rows = connection.Prepare("SELECT id, head FROM segment").Query();
            Assert.True(rows.Next());
            return (rows.Int64(0), rows.Blob(1).ToArray());
        }
    }

    [Fact]
    public async Task A_foreign_database_is_set_aside_untouched()
    {
        using (var connection = new Connection(_folder.Database))
        {
            connection.Execute("CREATE TABLE diary (day TEXT, entry TEXT); INSERT INTO diary VALUES ('monday', 'rain')");
        }

        var octets = await File.ReadAllBytesAsync(_folder.Database, TestContext.Current.CancellationToken);

        await using var test = TestStore.Open(_folder);

        Assert.Empty(test.State.Sessions);
        Assert.Contains("not a store of this gateway", Assert.Single(test.Logger.Errors), StringComparison.Ordinal);
        Assert.Equal(octets, await File.ReadAllBytesAsync(Assert.Single(_folder.SetAside), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_store_without_one_of_its_tables_is_replaced_by_one_with_the_rest()
    {
        await using (var test = TestStore.Open(_folder))
        {
            test.Store.SaveSession(TestStore.Session(1));
        }

        using (var connection = new Connection(_folder.Database))
        {
            connection.Execute("DROP TABLE segment; ALTER TABLE retained RENAME COLUMN record TO other");
        }

        await using var again = TestStore.Open(_folder);

        Assert.Single(again.State.Sessions);
        Assert.Contains("no such table", Assert.Single(again.Logger.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void A_commit_waits_for_the_disk_and_no_file_is_mapped()
    {
        using var connection = StoreSchema.Open(_folder.Database);

        Assert.Equal(
            ("wal", "2", "exclusive"),
            (connection.Query("PRAGMA journal_mode"), connection.Query("PRAGMA synchronous"), connection.Query("PRAGMA locking_mode")));
        Assert.False(File.Exists(_folder.Database + "-shm"));
    }

    [Fact]
    public async Task Only_the_latest_damaged_files_are_kept()
    {
        for (var times = 0; times < 5; times++)
        {
            await File.WriteAllTextAsync(_folder.Database, "no database", TestContext.Current.CancellationToken);
            await using var test = TestStore.Open(_folder);
        }

        Assert.Equal(3, _folder.SetAside.Count());
    }
}
