using Edge.Messaging.Stores;
using Edge.Messaging.Wire;
using Edge.Storage.Records;
using Edge.Storage.Sqlite;

namespace Edge.Storage.Tables;

/// <summary>Delayed messages on disk.</summary>
/// <remarks>
/// <code>
/// due, UTC ticks | message
///       8        |    n     octets
/// </code>
/// </remarks>
internal sealed class DelayedTable
{
    /// <summary>Sets the checksums of this table apart, so that no row of another can pass for one of its own.</summary>
    private const long OwnKeys = 1L << 62;

    private readonly Statement _save;
    private readonly Statement _select;
    private readonly Statement _delete;
    private readonly Scratch _scratch = new();

    public DelayedTable(Connection connection)
    {
        _save = connection.Prepare("INSERT OR REPLACE INTO delayed (id, record) VALUES (?, ?)");
        _select = connection.Prepare("SELECT id, record FROM delayed ORDER BY id");
        _delete = connection.Prepare("DELETE FROM delayed WHERE id = ?");
    }

    public void Save(DelayedMessage delayed)
    {
        var record = _scratch.Take(sizeof(long) + MessageCodec.SizeOf(delayed.Message) + Record.Overhead);
        var writer = new WireWriter(record[1..]);
        Instant.Write(ref writer, delayed.DueAt);
        MessageCodec.Write(ref writer, delayed.Message);
        Record.Seal(delayed.Number ^ OwnKeys, record);
        _save.Bind(1, delayed.Number).Bind(2, record).Run();
    }

    public void Delete(long number) => _delete.Bind(1, number).Run();

    /// <summary>Reads every delayed message, in the order of arrival.</summary>
    /// <param name="damaged">Takes the numbers of those that cannot be read.</param>
    public List<DelayedMessage> Load(List<long> damaged)
    {
        var messages = new List<DelayedMessage>();
        using var rows = _select.Query();
        while (rows.Next())
        {
            var number = rows.Int64(0);
            if (Record.TryOpen(number ^ OwnKeys, rows.Blob(1), out var content) && TryRead(number, content) is { } delayed)
            {
                messages.Add(delayed);
            }
            else
            {
                damaged.Add(number);
            }
        }

        return messages;
    }

    private static DelayedMessage? TryRead(long number, ReadOnlySpan<byte> content)
    {
        var reader = new WireReader(content);
        return Instant.Read(ref reader) is { } due && MessageCodec.TryRead(ref reader, out var message) ? new DelayedMessage(number, due, message) : null;
    }
}
