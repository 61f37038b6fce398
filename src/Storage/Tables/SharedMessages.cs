using Edge.Messaging;
using Edge.Messaging.Wire;
using Edge.Storage.Records;
using Edge.Storage.Sqlite;

namespace Edge.Storage.Tables;

/// <summary>Messages that stand in several queues, each written once and deleted with its last entry.</summary>
/// <remarks>How many entries need each is counted in memory: from the heads of the segments at start, then with each change.</remarks>
internal sealed class SharedMessages
{
    private readonly Statement _insert;
    private readonly Statement _select;
    private readonly Statement _selectIds;
    private readonly Statement _delete;
    private readonly Scratch _scratch = new();
    private readonly Dictionary<long, int> _uses = [];
    private readonly List<(long Id, int Uses)> _before = [];
    private long _lastId;

    public SharedMessages(Connection connection)
    {
        _insert = connection.Prepare("INSERT INTO shared (id, record) VALUES (?, ?)");
        _select = connection.Prepare("SELECT record FROM shared WHERE id = ?");
        _selectIds = connection.Prepare("SELECT id FROM shared ORDER BY id");
        _delete = connection.Prepare("DELETE FROM shared WHERE id = ?");
    }

    /// <summary>Writes a message that <paramref name="uses"/> entries are going to name.</summary>
    /// <returns>Its id.</returns>
    public long Add(Message message, int uses)
    {
        var id = _lastId + 1;
        var record = _scratch.Take(MessageCodec.SizeOf(message) + Record.Overhead);
        var writer = new WireWriter(record[1..]);
        MessageCodec.Write(ref writer, message);
        Record.Seal(id, record);
        _insert.Bind(1, id).Bind(2, record).Run();
        Change(id, uses);
        _lastId = id;
        return id;
    }

    /// <summary>One entry needs the message no more.</summary>
    public void Release(long id) => Change(id, -1);

    /// <summary>Deletes what no entry needs any more.</summary>
    public void DeleteUnused()
    {
        foreach (var (id, _) in _before)
        {
            if (_uses.TryGetValue(id, out var uses) && uses <= 0)
            {
                _uses.Remove(id);
                _delete.Bind(1, id).Run();
            }
        }
    }

    /// <summary>What was changed is on disk.</summary>
    public void Confirm() => _before.Clear();

    /// <summary>What was changed since the last <see cref="Confirm"/> did not reach the disk.</summary>
    public void Undo()
    {
        for (; _before.Count > 0; _before.RemoveAt(_before.Count - 1))
        {
            var (id, uses) = _before[^1];
            if (uses == 0)
            {
                _uses.Remove(id);
            }
            else
            {
                _uses[id] = uses;
            }
        }
    }

    /// <summary>Reads a message; false when it is missing or damaged.</summary>
    public bool TryRead(long id, out Message? message)
    {
        message = null;
        using var rows = _select.Bind(1, id).Query();
        if (!rows.Next() || !Record.TryOpen(id, rows.Blob(0), out var content))
        {
            return false;
        }

        var reader = new WireReader(content);
        return MessageCodec.TryRead(ref reader, out message);
    }

    /// <summary>Begins to count from what stands on disk, which nothing uses yet.</summary>
    public void LoadIds()
    {
        using var rows = _selectIds.Query();
        while (rows.Next())
        {
            _lastId = rows.Int64(0);
            _uses[_lastId] = 0;
        }
    }

    /// <summary>Counts one more use of a message on disk. False when it is not there.</summary>
    public bool TryUse(long id)
    {
        var isThere = _uses.TryGetValue(id, out var uses);
        if (isThere)
        {
            _uses[id] = uses + 1;
        }

        return isThere;
    }

    /// <summary>Messages that no entry names, left behind when the entries were damaged.</summary>
    public List<long> Unused() => [.. _uses.Where(use => use.Value == 0).Select(use => use.Key)];

    public void Delete(long id)
    {
        _uses.Remove(id);
        _delete.Bind(1, id).Run();
    }

    private void Change(long id, int difference)
    {
        var uses = _uses.GetValueOrDefault(id);
        _before.Add((id, uses));
        _uses[id] = uses + difference;
    }
}
