using System.Text;
using SQLitePCL;

namespace Edge.Storage.Sqlite;

/// <summary>One prepared statement, used over and over. Parameters count from 1, columns from 0.</summary>
internal sealed class Statement : IDisposable
{
    private readonly Connection _connection;
    private readonly sqlite3_stmt _handle;

    public Statement(Connection connection, sqlite3_stmt handle)
    {
        _connection = connection;
        _handle = handle;
    }

    public Statement Bind(int parameter, long value)
    {
        _connection.Check(raw.sqlite3_bind_int64(_handle, parameter, value));
        return this;
    }

    /// <summary>Binds octets; none at all are NULL.</summary>
    public Statement Bind(int parameter, ReadOnlySpan<byte> value)
    {
        _connection.Check(value.IsEmpty ? raw.sqlite3_bind_null(_handle, parameter) : raw.sqlite3_bind_blob(_handle, parameter, value));
        return this;
    }

    public Statement Bind(int parameter, string value)
    {
        _connection.Check(raw.sqlite3_bind_text(_handle, parameter, value));
        return this;
    }

    /// <summary>Runs a statement that gives no rows.</summary>
    public void Run()
    {
        using var rows = Query();
        while (rows.Next())
        {
        }
    }

    /// <summary>Begins to read rows; the statement is free again when the result is disposed.</summary>
    public Rows Query() => new(this);

    public void Dispose() => _handle.Dispose();

    /// <summary>The rows of one run of a statement. What a row gives is valid until the next one.</summary>
    public readonly ref struct Rows(Statement statement) : IDisposable
    {
        /// <summary>Goes to the next row. False when there is none.</summary>
        public bool Next()
        {
            var code = raw.sqlite3_step(statement._handle);
            if (code is not (raw.SQLITE_ROW or raw.SQLITE_DONE))
            {
                statement._connection.Check(code);
            }

            return code == raw.SQLITE_ROW;
        }

        public long Int64(int column) => raw.sqlite3_column_int64(statement._handle, column);

        /// <summary>Octets of a column; empty when it is NULL.</summary>
        public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(statement._handle, column);

        public string Text(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(statement._handle, column));

        public bool IsNull(int column) => raw.sqlite3_column_type(statement._handle, column) == raw.SQLITE_NULL;

        /// <summary>Binds this row's columns to the parameters of another statement, first to first.</summary>
        public void CopyTo(Statement target, int columns)
        {
            for (var column = 0; column < columns; column++)
            {
                _ = raw.sqlite3_column_type(statement._handle, column) switch
                {
                    raw.SQLITE_INTEGER => target.Bind(column + 1, Int64(column)),
                    raw.SQLITE_TEXT => target.Bind(column + 1, Text(column)),
                    _ => target.Bind(column + 1, Blob(column)),
                };
            }
        }

        // The error, if any, was thrown by Next.
        public void Dispose() => _ = raw.sqlite3_reset(statement._handle);
    }
}
