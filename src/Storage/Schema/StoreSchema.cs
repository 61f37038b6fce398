using System.Globalization;
using Edge.Storage.Sqlite;

namespace Edge.Storage.Schema;

/// <summary>How the database is set up, and its tables in the version that this program writes.</summary>
internal static class StoreSchema
{
    /// <summary>Octets of a page: the unit in which changes are written. Measured in docs/decisions/0003-sqlite-store.md.</summary>
    public const int PageSize = 1024;

    // "Edge" in ASCII.
    private const int ApplicationId = 0x45646765;

    /// <summary>Scripts that lead from each version to the next; never changed once released.</summary>
    private static readonly string[] Migrations = ["0001.sql", "0002.sql", "0003.sql"];

    /// <summary>Opens a store for use, new or old; what is of an older version is brought up to date.</summary>
    /// <exception cref="SqliteException">It cannot be opened, or is no store that this program knows.</exception>
    public static Connection Open(string path)
    {
        var connection = new Connection(path);
        try
        {
            // Exclusive before the first read: then the index of the log is in memory, not in a mapped file that is written over and over.
            connection.Execute($"PRAGMA page_size = {PageSize}; PRAGMA locking_mode = EXCLUSIVE; PRAGMA cell_size_check = ON");
            var version = ReadVersion(connection);
            if (connection.Query("PRAGMA journal_mode = WAL") != "wal")
            {
                throw SqliteException.Damage("it does not take a write-ahead log");
            }

            // Checkpoints are made after the publishers have their answer; see StoreFile.
            connection.Execute("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 16777216");
            Migrate(connection, version);
            return connection;
        }
        catch (SqliteException)
        {
            connection.KeepLogOnClose();
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Makes an empty store in a new file, written without a log: whole when it is closed, of no use before.</summary>
    public static Connection Create(string path)
    {
        var connection = new Connection(path);
        connection.Execute($"PRAGMA page_size = {PageSize}; PRAGMA journal_mode = OFF; PRAGMA synchronous = FULL");
        Migrate(connection, ReadVersion(connection));
        return connection;
    }

    /// <summary>Version of the schema, 0 for a new file. What is no store, or too new, is found out before anything is changed.</summary>
    private static long ReadVersion(Connection connection)
    {
        var isNew = connection.QueryInt64("SELECT count(*) FROM sqlite_schema") == 0;
        if (!isNew && connection.QueryInt64("PRAGMA application_id") != ApplicationId)
        {
            throw SqliteException.Damage("it is a database, but not a store of this gateway");
        }

        var version = connection.QueryInt64("PRAGMA user_version");
        if (version < 0 || version > Migrations.Length)
        {
            throw SqliteException.Damage($"its schema has version {version}, and this program knows up to {Migrations.Length}");
        }

        return version;
    }

    private static void Migrate(Connection connection, long version)
    {
        for (; version < Migrations.Length; version++)
        {
            var script = Read(Migrations[version]);
            var next = (version + 1).ToString(CultureInfo.InvariantCulture);
            connection.Transact(() => connection.Execute($"{script}; PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {next}"));
        }
    }

    private static string Read(string script)
    {
        using var stream = typeof(StoreSchema).Assembly.GetManifestResourceStream(typeof(StoreSchema), script)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
