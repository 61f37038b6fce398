using Edge.Messaging.Stores;
using Edge.Storage.Schema;
using Edge.Storage.Sqlite;
using Edge.Storage.Tables;
using Microsoft.Extensions.Logging;

namespace Edge.Storage;

/// <summary>The database on disk, kept usable: opened, checked, repaired when it is damaged. For one thread at a time.</summary>
internal sealed class StoreFile : IDisposable
{
    /// <summary>Octets of the log from which on it is moved into the database.</summary>
    private const int CheckpointOctets = 1024 * 1024;

    /// <summary>Largest file that is checked through and through at start, as fast as the disk reads; in a larger one damage is found when it is met.</summary>
    private const long MaxCheckedOctets = 16 * 1024 * 1024;

    private const int FrameSize = StoreSchema.PageSize + 24;

    private readonly StorePaths _paths;
    private readonly FileStream _lock;
    private readonly StoreCounters _counters;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private Connection? _connection;
    private StoreTables? _tables;
    private long _logOctets;

    private StoreFile(StorePaths paths, FileStream theLock, StoreCounters counters, TimeProvider clock, ILogger logger)
    {
        _paths = paths;
        _lock = theLock;
        _counters = counters;
        _clock = clock;
        _logger = logger;
    }

    /// <summary>Opens or makes the store of a folder and reads what it holds.</summary>
    /// <returns>The store, what it holds, and how many messages were found damaged.</returns>
    /// <exception cref="StoreUnavailableException">There is no way to; the message says what to do.</exception>
    public static (StoreFile File, StoredState State, long LostMessages) Open(
        string directory, StoreCounters counters, TimeProvider clock, ILogger logger)
    {
        var paths = new StorePaths(directory);
        var start = clock.GetTimestamp();
        var file = new StoreFile(paths, paths.Lock(), counters, clock, logger);
        try
        {
            paths.FinishReplacing();
            var (state, lostMessages) = file.OpenOrRepair();
            logger.Opened(paths.Database, new FileInfo(paths.Database).Length, clock.GetElapsedTime(start));
            return (file, state, lostMessages);
        }
        catch (Exception fault) when (IsOfTheDisk(fault))
        {
            file.Dispose();
            throw new StoreUnavailableException(paths.Explain(fault), fault);
        }
    }

    /// <summary>Commits a batch; one without changes costs nothing.</summary>
    /// <exception cref="StoreException">Nothing of it is on disk.</exception>
    public void Write(Batch batch)
    {
        if (batch.Count == 0)
        {
            return;
        }

        var start = _clock.GetTimestamp();
        Attempt(tables =>
        {
            tables.Write(batch);
            return true;
        });
        var octets = (long)_connection!.TakeWrittenPages() * FrameSize;
        _logOctets += octets;
        _counters.CountCommit(batch.Appended.Count, octets, _clock.GetUtcNow(), _clock.GetElapsedTime(start));
    }

    /// <summary>Reads from the tables.</summary>
    /// <exception cref="StoreException">The disk does not let it.</exception>
    public T Read<T>(Func<StoreTables, T> read) => Attempt(read);

    /// <summary>Runs a statement of a test.</summary>
    public void Execute(string sql) => Attempt(_ =>
    {
        _connection!.Execute(sql);
        return true;
    });

    /// <summary>Moves the log into the database when it has grown large. Nobody waits for it.</summary>
    public void CheckpointIfDue()
    {
        if (_logOctets < CheckpointOctets || _connection is null)
        {
            return;
        }

        try
        {
            _connection.Checkpoint();
            _logOctets = 0;
        }
        catch (SqliteException fault)
        {
            // All of it is safe in the log. A fault of the disk shows in the next commits too; here it is tried again a MiB later.
            _logOctets = 0;
            _logger.CheckpointFailed(fault.Message);
        }
    }

    public void Dispose()
    {
        if (_connection is not null)
        {
            _connection.Dispose();
            _connection = null;
            _logger.Closed(_paths.Database);
        }

        _lock.Dispose();
    }

    private static bool IsOfTheDisk(Exception fault) => fault is SqliteException or IOException or UnauthorizedAccessException;

    private T Attempt<T>(Func<StoreTables, T> action)
    {
        try
        {
            try
            {
                return action(OpenTables());
            }
            catch (SqliteException fault) when (fault.IsDamage)
            {
                Repair(fault.Message);
                return action(OpenTables());
            }
        }
        catch (Exception fault) when (IsOfTheDisk(fault))
        {
            throw new StoreException(_paths.Explain(fault), fault);
        }
    }

    private StoreTables OpenTables()
    {
        if (_tables is null)
        {
            OpenOrRepair();
        }

        return _tables!;
    }

    private (StoredState State, long LostMessages) OpenOrRepair()
    {
        try
        {
            return OpenDatabase();
        }
        catch (SqliteException fault) when (!fault.IsRefusal)
        {
            // Any other complaint comes from what stands in the file: a table is missing, or is not what it was.
            return Repair(fault.Message);
        }
    }

    private (StoredState State, long LostMessages) OpenDatabase()
    {
        Close();
        _connection = StoreSchema.Open(_paths.Database);
        if (new FileInfo(_paths.Database).Length <= MaxCheckedOctets && _connection.Query("PRAGMA quick_check(1)") is not "ok" and var fault)
        {
            throw SqliteException.Damage(fault);
        }

        var tables = new StoreTables(_connection, _counters, _logger);
        var loaded = tables.Load();
        _tables = tables;
        _connection.TakeWrittenPages();
        return loaded;
    }

    /// <summary>Puts a new database with all that can be read in place of the damaged one, which is set aside.</summary>
    private (StoredState State, long LostMessages) Repair(string reason)
    {
        Close();
        Salvage.Copy(_paths.Database, _paths.Salvaged);
        var setAside = _paths.Replace(_clock.GetUtcNow(), _logger);
        var loaded = OpenDatabase();
        var sessions = loaded.State.Sessions;
        _logger.Salvaged(
            _paths.Database,
            reason,
            sessions.Count,
            sessions.Sum(session => (long)session.Subscriptions.Count),
            loaded.State.Retained.Count,
            loaded.State.Delayed.Count,
            sessions.Sum(session => (long)session.Entries.Count),
            setAside);
        return loaded;
    }

    /// <summary>Lets go of a database that may be damaged, without touching it.</summary>
    private void Close()
    {
        _connection?.KeepLogOnClose();
        _connection?.Dispose();
        _connection = null;
        _tables = null;
        _logOctets = 0;
    }
}
