using System.Buffers.Binary;
using Edge.Storage.Schema;
using Edge.Storage.Sqlite;

namespace Edge.Storage;

/// <summary>Copies what can be read of a damaged database into a new one, and leaves the damaged one as it is.</summary>
/// <remarks>
/// Each table is read from both ends up to where it breaks; what lies between is halved and tried again. The records' own checksums
/// are checked later, when the copy is loaded.
/// </remarks>
internal sealed class Salvage
{
    /// <summary>How often a table is tried to be read, so that a hopeless one does not take long.</summary>
    private const int MaxAttempts = 4096;

    private const int PageCountAt = 28;
    private const int FreePagesAt = 32;
    private const int FreePagesLength = 8;

    /// <summary>What is copied: the key that orders it, what is read, and how it is written. Heads first: they tell which messages are lost.</summary>
    private static readonly (string Table, string Key, string Columns, string Write)[] Steps =
    [
        ("session", "id", "id, record", "INSERT OR IGNORE INTO session (id, record) VALUES (?, ?)"),
        ("subscription", "session", "session, filter, record", "INSERT OR IGNORE INTO subscription (session, filter, record) VALUES (?, ?, ?)"),
        ("received", "id", "id, record", "INSERT OR IGNORE INTO received (id, record) VALUES (?, ?)"),
        ("retained", "id", "id, record", "INSERT OR IGNORE INTO retained (id, record) VALUES (?, ?)"),
        ("delayed", "id", "id, record", "INSERT OR IGNORE INTO delayed (id, record) VALUES (?, ?)"),
        ("shared", "id", "id, record", "INSERT OR IGNORE INTO shared (id, record) VALUES (?, ?)"),
        ("segment", "id", "id, head", "INSERT OR IGNORE INTO segment (id, head) VALUES (?, ?)"),
        ("segment", "id", "id, messages", "UPDATE segment SET messages = ?2 WHERE id = ?1"),
    ];

    private readonly Connection _damaged;
    private readonly Connection _copy;

    private Salvage(Connection damaged, Connection copy)
    {
        _damaged = damaged;
        _copy = copy;
    }

    /// <summary>Makes the copy, which is on disk when this returns.</summary>
    /// <exception cref="SqliteException">The copy cannot be written.</exception>
    public static void Copy(string damagedPath, string copyPath)
    {
        File.Delete(copyPath);
        StoreSchema.Create(copyPath).Dispose();
        var firstPage = ReadFirstPage(copyPath);
        using var copy = StoreSchema.Create(copyPath);
        if (!TryCopyAll(damagedPath, copy))
        {
            CopyWithFirstPage(firstPage, damagedPath, copyPath + ".damaged", copy);
        }
    }

    /// <summary>Copies a database whose own first page, which tells where the tables are, is lost: a new store has its tables in the same places.</summary>
    private static void CopyWithFirstPage(byte[] firstPage, string damagedPath, string patchedPath, Connection copy)
    {
        string[] patched = [patchedPath, patchedPath + "-wal"];
        string[] original = [damagedPath, damagedPath + "-wal"];
        try
        {
            foreach (var (from, to) in original.Zip(patched).Where(pair => File.Exists(pair.First)))
            {
                File.Copy(from, to, overwrite: true);
            }

            using (var file = File.OpenHandle(patchedPath, FileMode.Open, FileAccess.ReadWrite))
            {
                var pages = (RandomAccess.GetLength(file) + StoreSchema.PageSize - 1) / StoreSchema.PageSize;
                BinaryPrimitives.WriteInt32BigEndian(firstPage.AsSpan(PageCountAt), (int)pages);
                firstPage.AsSpan(FreePagesAt, FreePagesLength).Clear();
                RandomAccess.Write(file, firstPage, 0);
            }

            TryCopyAll(patchedPath, copy);
        }
        finally
        {
            Array.ForEach(patched, File.Delete);
        }
    }

    private static byte[] ReadFirstPage(string path)
    {
        using var file = File.OpenRead(path);
        var page = new byte[StoreSchema.PageSize];
        file.ReadExactly(page);
        return page;
    }

    /// <returns>False when not even the tables could be found.</returns>
    private static bool TryCopyAll(string damagedPath, Connection copy)
    {
        using var damaged = new Connection(damagedPath);
        damaged.KeepLogOnClose();
        var salvage = new Salvage(damaged, copy);
        var isReadable = false;
        copy.Transact(() =>
        {
            foreach (var (table, key, columns, write) in Steps)
            {
                isReadable |= salvage.TryCopy(table, key, columns, write);
            }
        });
        return isReadable;
    }

    private bool TryCopy(string table, string key, string columns, string write)
    {
        Statement up, down;
        try
        {
            _damaged.Execute("PRAGMA locking_mode = EXCLUSIVE; PRAGMA cell_size_check = ON");
            var select = $"SELECT {columns} FROM {table} WHERE {key} BETWEEN ? AND ? ORDER BY {key}";
            up = _damaged.Prepare(select);
            down = _damaged.Prepare(select + " DESC");
        }
        catch (SqliteException)
        {
            return false;
        }

        var target = _copy.Prepare(write);
        var count = columns.Split(',').Length;
        var untried = new Queue<KeyRange>([new KeyRange(0, long.MaxValue)]);
        for (var attempt = 0; attempt < MaxAttempts && untried.TryDequeue(out var keys); attempt++)
        {
            if (CopyRows(up, keys, target, count, keys.First) is not { } first || CopyRows(down, keys with { First = first }, target, count, keys.Last) is not { } last)
            {
                continue;
            }

            if (first < last)
            {
                var middle = first + ((last - first) / 2);
                untried.Enqueue(new KeyRange(first, middle));
                untried.Enqueue(new KeyRange(middle + 1, last));
            }
        }

        return true;
    }

    /// <summary>Copies rows as far as they can be read.</summary>
    /// <returns>The key where it broke; null when all were read.</returns>
    private static long? CopyRows(Statement source, KeyRange keys, Statement target, int columns, long reached)
    {
        using var rows = source.Bind(1, keys.First).Bind(2, keys.Last).Query();
        while (true)
        {
            try
            {
                if (!rows.Next())
                {
                    return null;
                }
            }
            catch (SqliteException)
            {
                return reached;
            }

            reached = rows.Int64(0);
            rows.CopyTo(target, columns);
            target.Run();
        }
    }
}
