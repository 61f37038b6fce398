using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Edge.Messaging;
using Edge.Messaging.Wire;
using Edge.Storage.Records;
using Edge.Storage.Sqlite;

namespace Edge.Storage.Tables;

/// <summary>Retained messages on disk.</summary>
/// <remarks>
/// A row's id is taken from a hash of the topic, not a second index: a new value then changes one page. Two of a million topics share
/// an id with a probability of 1 in 10^7; it is a cryptographic hash so that nobody can choose such topics.
/// </remarks>
internal sealed class RetainedTable
{
    private readonly Statement _save;
    private readonly Statement _select;
    private readonly Statement _delete;
    private readonly Scratch _scratch = new();

    public RetainedTable(Connection connection)
    {
        _save = connection.Prepare("INSERT INTO retained (id, record) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET record = excluded.record");
        _select = connection.Prepare("SELECT id, record FROM retained ORDER BY id");
        _delete = connection.Prepare("DELETE FROM retained WHERE id = ?");
    }

    public void Save(Message message)
    {
        var id = IdOf(message.Topic);
        var record = _scratch.Take(MessageCodec.SizeOf(message) + Record.Overhead);
        var writer = new WireWriter(record[1..]);
        MessageCodec.Write(ref writer, message);
        Record.Seal(id, record);
        _save.Bind(1, id).Bind(2, record).Run();
    }

    public void Delete(TopicName topic) => Delete(IdOf(topic));

    public void Delete(long id) => _delete.Bind(1, id).Run();

    /// <summary>Reads every retained message.</summary>
    /// <param name="damaged">Takes the ids of those that cannot be read.</param>
    public List<Message> Load(List<long> damaged)
    {
        var messages = new List<Message>();
        using var rows = _select.Query();
        while (rows.Next())
        {
            var id = rows.Int64(0);
            if (Record.TryOpen(id, rows.Blob(1), out var content) && TryRead(content, out var message))
            {
                messages.Add(message!);
            }
            else
            {
                damaged.Add(id);
            }
        }

        return messages;
    }

    private static bool TryRead(ReadOnlySpan<byte> content, out Message? message)
    {
        var reader = new WireReader(content);
        return MessageCodec.TryRead(ref reader, out message);
    }

    private static long IdOf(TopicName topic)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(topic.ToString()), hash);
        return BinaryPrimitives.ReadInt64BigEndian(hash) & long.MaxValue;
    }
}
