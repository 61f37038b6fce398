using SQLitePCL;

namespace Edge.Storage.Sqlite;

/// <summary>One open database. For one thread at a time.</summary>
internal sealed class Connection : IDisposable
{
    private const int ExtendedResultCodes = 0x02000000;
    private const int NoCheckpointOnClose = 1006;
    private const int PagesWritten = 9;
    private const int Passive = 0;

    private readonly sqlite3 _handle;
    private readonly List<Statement> _statements = [];

    static Connection() => Batteries_V2.Init();

    /// <summary>Opens a file, which is made when missing. Nothing is read yet.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public Connection(string path)
    {
        const int Flags = raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX | ExtendedResultCodes;
        var code = raw.sqlite3_open_v2(path, out _handle, Flags, null);
        if (code != raw.SQLITE_OK)
        {
            var message = raw.sqlite3_errmsg(_handle).utf8_to_string();
            _handle.Dispose();
            throw new SqliteException(code, message);
        }
    }

    /// <summary>Pages written since this was asked last; in WAL mode each is one frame of the log.</summary>
    public int TakeWrittenPages()
    {
        Check(raw.sqlite3_db_status(_handle, PagesWritten, out var pages, out _, 1));
        return pages;
    }

    /// <summary>Leaves the log as it is when the connection closes.</summary>
    public void KeepLogOnClose() => Check(raw.sqlite3_db_config(_handle, NoCheckpointOnClose, 1, out _));

    public Statement Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v3(_handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var handle));
        var statement = new Statement(this, handle);
        _statements.Add(statement);
        return statement;
    }

    /// <summary>Runs any number of statements, of which none gives rows that matter.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(_handle, sql));

    /// <summary>First column of the first row, as text; empty when there is no row.</summary>
    public string Query(string sql)
    {
        Check(raw.sqlite3_prepare_v2(_handle, sql, out var handle));
        using var statement = new Statement(this, handle);
        using var rows = statement.Query();
        return rows.Next() ? rows.Text(0) : "";
    }

    public long QueryInt64(string sql)
    {
        Check(raw.sqlite3_prepare_v2(_handle, sql, out var handle));
        using var statement = new Statement(this, handle);
        using var rows = statement.Query();
        return rows.Next() ? rows.Int64(0) : 0;
    }

    /// <summary>Runs an action in one transaction: all of it is on disk when this returns, or nothing when it throws.</summary>
    public void Transact(Action action)
    {
        try
        {
            Execute("BEGIN IMMEDIATE");
            action();
            Execute("COMMIT");
        }
        finally
        {
            RollBackIfOpen();
        }
    }

    /// <summary>Moves the log's content into the database file, so that the log begins anew.</summary>
    public void Checkpoint() => Check(raw.sqlite3_wal_checkpoint_v2(_handle, "main", Passive, out _, out _));

    /// <summary>Throws unless a result code is good.</summary>
    public void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw new SqliteException(code, raw.sqlite3_errmsg(_handle).utf8_to_string());
        }
    }

    public void Dispose()
    {
        foreach (var statement in _statements)
        {
            statement.Dispose();
        }

        _handle.Dispose();
    }

    private void RollBackIfOpen()
    {
        // After a failure SQLite may have rolled back by itself, as it does when the disk is full.
        if (raw.sqlite3_get_autocommit(_handle) == 0)
        {
            _ = raw.sqlite3_exec(_handle, "ROLLBACK");
        }
    }
}
