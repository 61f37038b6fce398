using CsCheck;
using Edge.Messaging;
using Edge.Storage.Schema;
using Edge.Storage.Sqlite;

namespace Edge.Storage.Tests;

/// <summary>Whatever the disk did to the files: the store opens, gives back what can be read, and says what it could not.</summary>
public sealed class DamageTests(FilledStore filled) : IClassFixture<FilledStore>
{
    private const int Sessions = FilledStore.Sessions;
    private const int Entries = FilledStore.Entries;
    private const int Retained = FilledStore.Retained;

    [Fact]
    public async Task The_whole_store_comes_back_whole()
    {
        var (sessions, entries, messages, retained) = await OpenAsync(_ => { });

        Assert.Equal((Sessions, Sessions * Entries, Sessions * Entries, Retained), (sessions, entries, messages, retained));
    }

    [Fact]
    public async Task A_lost_log_takes_only_what_stood_in_it()
    {
        var (sessions, entries, messages, _) = await OpenAsync(folder => File.Delete(folder.Log));

        Assert.Equal(Sessions, sessions);
        Assert.InRange(entries, Sessions * Entries / 2, Sessions * Entries);
        Assert.Equal(entries, messages);
    }

    [Theory]
    [InlineData(0, 16)]
    [InlineData(0, 100)]
    [InlineData(100, 924)]
    [InlineData(0, 1024)]
    public async Task A_store_that_lost_its_first_page_loses_nothing_else(int from, int length)
    {
        using var settled = await SettledAsync();

        var (sessions, entries, messages, retained) = await OpenAsync(settled, folder => Overwrite(folder.Database, from, new byte[length]));

        Assert.Equal((Sessions, Sessions * Entries, Sessions * Entries, Retained), (sessions, entries, messages, retained));
    }

    [Fact]
    public async Task One_lost_page_takes_little_with_it()
    {
        using var settled = await SettledAsync();
        var pages = (int)(new FileInfo(settled.Database).Length / StoreSchema.PageSize);
        var rootPages = 8;
        for (var page = rootPages; page < pages; page += 11)
        {
            var (sessions, _, messages, retained) = await OpenAsync(
                settled, folder => Overwrite(folder.Database, page * StoreSchema.PageSize, new byte[StoreSchema.PageSize]));

            Assert.Equal(Sessions, sessions);
            Assert.True(messages > Sessions * Entries * 8 / 10 && retained > Retained / 2, $"page {page}: {messages} messages, {retained} retained");
        }
    }

    [Fact]
    public async Task A_file_full_of_nuls_is_replaced()
    {
        var (sessions, entries, _, retained) = await OpenAsync(folder =>
        {
            Overwrite(folder.Database, 0, new byte[new FileInfo(folder.Database).Length]);
            Overwrite(folder.Log, 0, new byte[new FileInfo(folder.Log).Length]);
        });

        Assert.Equal((0, 0, 0), (sessions, entries, retained));
    }

    [Fact]
    public Task Truncated_anywhere_it_opens() => Gen.Int[0, 300_000].SampleAsync(
        length => OpenAsync(folder => Resize(folder.Database, length)), iter: 20, threads: 1);

    [Fact]
    public Task With_a_log_truncated_anywhere_it_opens_and_keeps_what_was_in_the_database() => Gen.Int[0, 400_000].SampleAsync(
        async length =>
        {
            var (sessions, entries, messages, _) = await OpenAsync(folder => Resize(folder.Log, length));
            Assert.Equal(Sessions, sessions);
            Assert.True(entries >= Sessions * Entries / 2 && messages == entries);
        },
        iter: 20,
        threads: 1);

    [Fact]
    public Task With_zeroed_blocks_it_opens() => Gen.Int[0, 100].Array[1, 8].SampleAsync(
        blocks => OpenAsync(folder => Array.ForEach(blocks, block => Overwrite(folder.Database, block * 4096, new byte[4096]))),
        iter: 20,
        threads: 1);

    [Fact]
    public Task With_flipped_bits_it_opens() => Gen.Select(Gen.Int[0, 300_000], Gen.Byte[1, 255]).Array[1, 30].SampleAsync(
        flips => OpenAsync(folder => Array.ForEach(flips, flip => Flip(folder.Database, flip.Item1, flip.Item2))), iter: 30, threads: 1);

    [Fact]
    public Task With_flipped_bits_in_the_log_it_opens() => Gen.Select(Gen.Int[0, 400_000], Gen.Byte[1, 255]).Array[1, 10].SampleAsync(
        flips => OpenAsync(folder => Array.ForEach(flips, flip => Flip(folder.Log, flip.Item1, flip.Item2))), iter: 20, threads: 1);

    [Fact]
    public async Task A_damaged_message_is_left_out_and_noticed_when_it_is_read()
    {
        using var settled = await SettledAsync();
        Replace(settled.Database, "plant/2/17", "plant/2/77");
        await using var test = TestStore.Open(settled);
        Assert.Equal(Sessions * Entries, test.State.Sessions.Sum(session => session.Entries.Count));

        var positions = await test.PositionsAsync(2);

        Assert.Equal(Entries - 1, positions.Length);
        Assert.DoesNotContain(17, positions);
        Assert.Equal(1, test.Store.DamagedRecords);
        Assert.Contains("position 17 of queue 2", Assert.Single(test.Logger.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_session_takes_its_queue_along_and_both_are_counted()
    {
        using var settled = await SettledAsync();
        Replace(settled.Database, "client-2", "client-9");

        await using (var test = TestStore.Open(settled))
        {
            Assert.Equal([1L, 3], test.State.Sessions.Select(session => session.Record.Number));
            Assert.Equal(Entries, test.Drops.Read(DropCause.Corrupt));
            Assert.Equal(1 + Entries, test.Store.DamagedRecords);
            Assert.Equal(1, test.Logger.Count(5011));
        }

        await using var again = TestStore.Open(settled);
        Assert.Equal(0, again.Drops.Read(DropCause.Corrupt));
        Assert.Empty(again.Logger.Errors);
    }

    [Fact]
    public async Task Delayed_messages_are_saved_like_the_rest_and_a_damaged_one_is_counted()
    {
        using var settled = await SettledAsync();
        using (var connection = new Connection(settled.Database))
        {
            connection.Execute("UPDATE delayed SET record = substr(record, 1, 12) || x'FF' || substr(record, 14) WHERE id = 7; PRAGMA wal_checkpoint(TRUNCATE)");
        }

        Overwrite(settled.Database, 0, new byte[StoreSchema.PageSize]);

        await using var test = TestStore.Open(settled);

        Assert.Equal(
            Enumerable.Range(1, FilledStore.Delayed).Except([7]).Select(number => $"delayed/{number}"),
            test.State.Delayed.Select(delayed => delayed.Message.Topic.ToString()));
        Assert.Equal(1, test.Drops.Read(DropCause.Corrupt));
        Assert.Equal((1, 1), (test.Logger.Count(5010), test.Logger.Count(5011)));
    }

    [Fact]
    public async Task A_row_of_another_table_is_no_delayed_message()
    {
        using var settled = await SettledAsync();
        using (var connection = new Connection(settled.Database))
        {
            connection.Execute("DELETE FROM delayed; INSERT INTO delayed SELECT id, record FROM retained");
        }

        await using var test = TestStore.Open(settled);

        Assert.Empty(test.State.Delayed);
    }

    [Fact]
    public async Task Damage_met_while_running_is_repaired_and_the_store_goes_on()
    {
        using var settled = await SettledAsync();
        await using var test = TestStore.Open(settled);
        await test.Store.ExecuteAsync("PRAGMA cache_size = 10");
        var pages = (int)(new FileInfo(settled.Database).Length / StoreSchema.PageSize);
        for (var page = 20; page < pages; page += 40)
        {
            Overwrite(settled.Database, page * StoreSchema.PageSize, new byte[StoreSchema.PageSize]);
        }

        var left = 0;
        for (var number = 1; number <= Sessions; number++)
        {
            left += (await test.PositionsAsync(number)).Length;
        }

        Assert.True(left > Sessions * Entries / 2, $"{left} messages are left");
        Assert.Equal(1, test.Logger.Count(5010));
        Assert.Single(settled.SetAside);
        var entry = test.Append(1, Entries);
        await test.Store.CommitAsync();
        Assert.Equal([entry], test.Owner.Stored);
        Assert.Contains(Entries, await test.PositionsAsync(1));
    }

    private Task<(int Sessions, int Entries, int Messages, int Retained)> OpenAsync(Action<TemporaryFolder> damage) => OpenAsync(filled.Folder, damage);

    /// <summary>Opens a damaged copy, uses it, and opens it again, which then is in order.</summary>
    private static async Task<(int Sessions, int Entries, int Messages, int Retained)> OpenAsync(
        TemporaryFolder whole, Action<TemporaryFolder> damage)
    {
        using var folder = whole.CutPower();
        damage(folder);
        (int Sessions, int Entries, int Messages, int Retained) left;
        await using (var test = TestStore.Open(folder))
        {
            left = await CountAsync(test);
            Assert.InRange(left.Messages, 0, left.Entries);
            test.Store.SaveSession(TestStore.Session(9));
            test.Append(9, 0);
            await test.Store.CommitAsync();
            Assert.Single(test.Owner.Stored);
        }

        await using var again = TestStore.Open(folder);
        var after = await CountAsync(again);
        Assert.Equal((left.Sessions + 1, left.Retained), (after.Sessions, after.Retained));
        Assert.Equal(left.Messages + 1, after.Messages);
        Assert.Equal(0, again.Logger.Count(5010));
        return left;
    }

    private static async Task<(int Sessions, int Entries, int Messages, int Retained)> CountAsync(TestStore test)
    {
        var messages = 0;
        foreach (var session in test.State.Sessions)
        {
            var positions = await test.PositionsAsync(session.Record.Number);
            Assert.Subset(session.Entries.Select(entry => entry.Position).ToHashSet(), positions.ToHashSet());
            messages += positions.Length;
        }

        return (test.State.Sessions.Count, test.State.Sessions.Sum(session => session.Entries.Count), messages, test.State.Retained.Count);
    }

    /// <summary>The store with its log moved into the database.</summary>
    private async Task<TemporaryFolder> SettledAsync()
    {
        var folder = filled.Folder.CutPower();
        await TestStore.Open(folder).DisposeAsync();
        Assert.False(File.Exists(folder.Log));
        return folder;
    }

    private static void Overwrite(string path, long at, byte[] octets)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        var room = Math.Max(0, RandomAccess.GetLength(file) - at);
        RandomAccess.Write(file, octets.AsSpan(0, (int)Math.Min(room, octets.Length)), at);
    }

    private static void Resize(string path, long length)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.SetLength(file, Math.Min(length, RandomAccess.GetLength(file)));
    }

    private static void Flip(string path, long at, byte bits)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        var octet = new byte[1];
        if (RandomAccess.Read(file, octet, at) == 1)
        {
            octet[0] ^= bits;
            RandomAccess.Write(file, octet, at);
        }
    }

    private static void Replace(string path, string text, string other)
    {
        var octets = File.ReadAllBytes(path);
        // Preceded by its length, so that "plant/2/17" is not found in "plant/2/170".
        byte[] sought = [0, (byte)text.Length, .. System.Text.Encoding.UTF8.GetBytes(text)];
        var at = octets.AsSpan().IndexOf(sought);
        Assert.True(at >= 0, $"'{text}' is not in the file");
        System.Text.Encoding.UTF8.GetBytes(other).CopyTo(octets, at + 2);
        File.WriteAllBytes(path, octets);
    }
}
