using SQLitePCL;

namespace Edge.Storage.Sqlite;

/// <summary>SQLite refused or failed; the code says how.</summary>
/// <param name="code">Extended result code.</param>
/// <param name="message">SQLite's own words.</param>
internal sealed class SqliteException(int code, string message) : Exception(message)
{
    private const int ReadError = raw.SQLITE_IOERR | (1 << 8);
    private const int ShortRead = raw.SQLITE_IOERR | (2 << 8);
    private const int CorruptFileSystem = raw.SQLITE_IOERR | (33 << 8);

    /// <summary>Result code without its extension.</summary>
    public int Code { get; } = code & 0xFF;

    /// <summary>Whether the file is at fault, so that trying again is no use. A sector that cannot be read counts as well.</summary>
    public bool IsDamage { get; } =
        (code & 0xFF) is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB || code is ReadError or ShortRead or CorruptFileSystem;

    /// <summary>Whether the disk or the system did not let it, whatever stands in the file.</summary>
    public bool IsRefusal => !IsDamage
        && Code is raw.SQLITE_PERM or raw.SQLITE_BUSY or raw.SQLITE_NOMEM or raw.SQLITE_READONLY or raw.SQLITE_IOERR or raw.SQLITE_FULL or raw.SQLITE_CANTOPEN;

    /// <summary>The file was read, and is not what it should be.</summary>
    public static SqliteException Damage(string message) => new(raw.SQLITE_CORRUPT, message);
}
