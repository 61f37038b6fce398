using System.Globalization;
using Edge.Storage.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace Edge.Storage;

/// <summary>The files of a store: which there are, who may use them, and how a damaged database is replaced without a moment in which a crash loses both.</summary>
internal sealed class StorePaths
{
    private const string Damaged = ".damaged-";
    private const int KeptDamaged = 3;
    private const int WouldBlock = 11;

    private static readonly string[] Companions = ["", "-wal", "-shm"];

    private readonly string _directory;

    /// <param name="directory">Folder of the store.</param>
    public StorePaths(string directory) => _directory = Path.GetFullPath(directory);

    /// <summary>The database.</summary>
    public string Database => Path.Combine(_directory, "edge.db");

    /// <summary>A database with all that could be read of a damaged one, until it takes its place.</summary>
    public string Salvaged => Database + ".salvaged";

    /// <summary>Makes the folder and takes it for this process alone, until the result is disposed or the process ends.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be made, is not ours, or another process has it.</exception>
    public FileStream Lock()
    {
        try
        {
            Directory.CreateDirectory(_directory);
            return new FileStream(Path.Combine(_directory, "edge.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException fault) when (fault.HResult == WouldBlock)
        {
            throw new StoreUnavailableException(
                $"The store in {_directory} is in use by another process. Stop that one, or give this one another gateway.data_dir.", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException(Explain(fault), fault);
        }
    }

    /// <summary>Finishes what <see cref="Replace"/> was doing when the power went; a copy that was not finished is deleted.</summary>
    public void FinishReplacing()
    {
        if (File.Exists(Salvaged) && !File.Exists(Database))
        {
            // The database was moved already; its log goes after it.
            MoveAside(SetAside().LastOrDefault() ?? Database + Damaged + "interrupted");
            File.Move(Salvaged, Database);
        }

        Delete(Salvaged);
    }

    /// <summary>Sets the damaged database aside and puts <see cref="Salvaged"/> in its place; only the latest few are kept.</summary>
    /// <returns>Where the damaged one is now.</returns>
    public string Replace(DateTimeOffset now, ILogger logger)
    {
        var setAside = Database + Damaged + now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss.fff'Z'", CultureInfo.InvariantCulture);
        MoveAside(setAside);
        File.Move(Salvaged, Database);
        foreach (var old in SetAside().Where(path => path != setAside).SkipLast(KeptDamaged - 1))
        {
            Delete(old);
            logger.DamagedFileDeleted(old);
        }

        return setAside;
    }

    /// <summary>What a fault of the disk means to an operator.</summary>
    public string Explain(Exception fault) => fault switch
    {
        SqliteException { Code: raw.SQLITE_FULL } => $"There is no space left for the store in {_directory}. Free some.",
        SqliteException { Code: raw.SQLITE_BUSY } => $"The store {Database} is in use by another process. Stop that one.",
        SqliteException { Code: raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_CANTOPEN } or UnauthorizedAccessException =>
            $"The store in {_directory} cannot be opened for writing ({fault.Message}). Let the gateway's user own the folder and its files.",
        _ => $"The store in {_directory} cannot be used: {fault.Message}. Check the disk, or set gateway.data_dir to another one.",
    };

    private IEnumerable<string> SetAside() =>
        Directory.EnumerateFiles(_directory, Path.GetFileName(Database) + Damaged + "*")
            .Where(path => !Companions.Skip(1).Any(path.EndsWith))
            .Order(StringComparer.Ordinal);

    private void MoveAside(string target)
    {
        foreach (var companion in Companions.Where(companion => File.Exists(Database + companion)))
        {
            File.Move(Database + companion, target + companion, overwrite: true);
        }
    }

    private static void Delete(string database)
    {
        foreach (var companion in Companions)
        {
            File.Delete(database + companion);
        }
    }
}
