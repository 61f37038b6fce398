using Edge.Messaging;
using Edge.Messaging.Stores;
using Edge.Messaging.Wire;
using Edge.Storage.Records;
using Edge.Storage.Sqlite;
using Microsoft.Extensions.Logging;

namespace Edge.Storage.Tables;

/// <summary>The queues on disk: entries with consecutive positions that were committed together stand in one row, their segment.</summary>
/// <remarks>
/// One row for many entries is what keeps the flash from wear: its messages fill whole pages and are written once. A removed entry is
/// marked in the head, which is small, and the row goes when all of its entries have.
/// </remarks>
internal sealed class SegmentTable
{
    private const int MaxEntries = 256;
    private const int MaxOctets = 64 * 1024;

    private readonly SharedMessages _shared;
    private readonly StoreCounters _counters;
    private readonly ILogger _logger;
    private readonly Statement _insert;
    private readonly Statement _selectLastUpTo;
    private readonly Statement _selectHeads;
    private readonly Statement _selectAll;
    private readonly Statement _update;
    private readonly Statement _updateWithoutMessages;
    private readonly Statement _delete;
    private readonly Scratch _head = new();
    private readonly Scratch _messages = new();

    public SegmentTable(Connection connection, SharedMessages shared, StoreCounters counters, ILogger logger)
    {
        _shared = shared;
        _counters = counters;
        _logger = logger;
        _insert = connection.Prepare("INSERT OR REPLACE INTO segment (id, head, messages) VALUES (?, ?, ?)");
        _selectLastUpTo = connection.Prepare("SELECT id FROM segment WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1");
        _selectHeads = connection.Prepare("SELECT id, head, length(messages) FROM segment WHERE id BETWEEN ? AND ? ORDER BY id");
        _selectAll = connection.Prepare("SELECT id, head, messages FROM segment WHERE id BETWEEN ? AND ? ORDER BY id");
        _update = connection.Prepare("UPDATE segment SET head = ?2 WHERE id = ?1");
        _updateWithoutMessages = connection.Prepare("UPDATE segment SET head = ?2, messages = NULL WHERE id = ?1");
        _delete = connection.Prepare("DELETE FROM segment WHERE id = ?");
    }

    /// <summary>Writes entries, given in the order of their keys.</summary>
    public void Append(ReadOnlySpan<EntryToWrite> entries)
    {
        while (!entries.IsEmpty)
        {
            var count = LengthOfSegment(entries);
            AppendSegment(entries[..count]);
            entries = entries[count..];
        }
    }

    /// <summary>Marks an entry whose receiver has the message.</summary>
    public void MarkReceived(long key) => Mark(new KeyRange(key, key), EntryFlags.Received);

    /// <summary>Removes every entry in a range of one queue.</summary>
    public void Remove(KeyRange keys) => Mark(keys, EntryFlags.Removed);

    /// <summary>Deletes a whole segment.</summary>
    public void Delete(long id) => _delete.Bind(1, id).Run();

    /// <summary>Reads the entries in a range of one queue that may have to be sent yet, in order and with their messages.</summary>
    /// <returns>Entries; damaged ones are left out.</returns>
    public List<LogEntry> Read(KeyRange keys)
    {
        var entries = new List<LogEntry>();
        using var rows = _selectAll.Bind(1, SegmentOf(keys.First)).Bind(2, keys.Last).Query();
        while (rows.Next())
        {
            var id = rows.Int64(0);
            if (!SegmentHead.TryOpen(id, rows.Blob(1), out var head))
            {
                // Reported when it is deleted, as whoever misses its entries removes them.
                continue;
            }

            while (head.TryReadNext(out var entry))
            {
                if (!keys.Contains(entry.Key) || !entry.NeedsMessage)
                {
                    continue;
                }

                if (TryReadMessage(entry, rows.Blob(2), out var message))
                {
                    entries.Add(entry.ToLogEntry(message!));
                }
                else
                {
                    ReportDamaged(entry.Key);
                }
            }
        }

        return entries;
    }

    /// <summary>Reads every entry without its message, in order, and counts the uses of shared messages.</summary>
    /// <param name="entries">Takes the entries.</param>
    /// <param name="damaged">Takes the keys of those whose message is lost.</param>
    /// <param name="damagedSegments">Takes the ids of segments of which nothing can be read.</param>
    public void Load(List<(long Queue, StoredEntry Entry)> entries, List<long> damaged, List<long> damagedSegments)
    {
        using var rows = _selectHeads.Bind(1, 0).Bind(2, long.MaxValue).Query();
        var inSegment = new List<SegmentEntry>();
        while (rows.Next())
        {
            var id = rows.Int64(0);
            if (!SegmentHead.TryOpen(id, rows.Blob(1), out var head))
            {
                damagedSegments.Add(id);
                continue;
            }

            inSegment.Clear();
            while (head.TryReadNext(out var entry))
            {
                inSegment.Add(entry);
            }

            var hasMessages = rows.Int64(2) == head.MessagesLength;
            foreach (var entry in inSegment)
            {
                if (entry.NeedsMessage && !(entry.IsShared ? _shared.TryUse(entry.SharedId) : hasMessages))
                {
                    damaged.Add(entry.Key);
                }
                else if (!entry.IsRemoved)
                {
                    entries.Add((EntryKey.QueueOf(entry.Key), entry.ToStoredEntry()));
                }
            }
        }
    }

    /// <summary>How many of the entries that wait for their commit belong into the first segment.</summary>
    private static int LengthOfSegment(ReadOnlySpan<EntryToWrite> entries)
    {
        var octets = entries[0].MessageLength;
        var count = 1;
        while (count < entries.Length
            && count < MaxEntries
            && entries[count].Key == entries[count - 1].Key + 1
            && (octets += entries[count].MessageLength) <= MaxOctets)
        {
            count++;
        }

        return count;
    }

    private void AppendSegment(ReadOnlySpan<EntryToWrite> entries)
    {
        var headSize = SegmentHead.Overhead;
        var messagesSize = 0;
        foreach (var entry in entries)
        {
            headSize += SegmentHead.SizeOf(entry.Entry, entry.LengthOrSharedId);
            messagesSize += entry.MessageLength;
        }

        var id = entries[0].Key;
        var head = _head.Take(headSize);
        var messages = _messages.Take(messagesSize);
        var headWriter = new WireWriter(head[1..]);
        var messageWriter = new WireWriter(messages);
        SegmentHead.Begin(ref headWriter, entries[0].Entry);
        foreach (var entry in entries)
        {
            SegmentHead.Write(ref headWriter, entry.Entry, entry.Flags, entry.LengthOrSharedId);
            if (entry.MessageLength > 0)
            {
                var room = messageWriter.Reserve(entry.MessageLength);
                var writer = new WireWriter(room);
                MessageCodec.Write(ref writer, entry.Message);
                Record.SetChecksum(entry.Key, room);
            }
        }

        SegmentHead.Seal(id, head);
        _insert.Bind(1, id).Bind(2, head).Bind(3, messages).Run();
    }

    /// <summary>Sets a flag on entries; a segment of which nothing is left is deleted, as is one that cannot be read.</summary>
    private void Mark(KeyRange keys, EntryFlags mark)
    {
        var changes = new List<(long Id, byte[]? Head, bool NeedsMessages)>();
        using (var rows = _selectHeads.Bind(1, SegmentOf(keys.First)).Bind(2, keys.Last).Query())
        {
            while (rows.Next())
            {
                var id = rows.Int64(0);
                if (!SegmentHead.TryOpen(id, rows.Blob(1), out var head))
                {
                    ReportDamaged(id);
                    changes.Add((id, null, false));
                }
                else if (Mark(id, ref head, rows.Blob(1).ToArray(), keys, mark) is { } change)
                {
                    changes.Add(change);
                }
            }
        }

        foreach (var (id, head, needsMessages) in changes)
        {
            if (head is null)
            {
                Delete(id);
            }
            else
            {
                (needsMessages ? _update : _updateWithoutMessages).Bind(1, id).Bind(2, head).Run();
            }
        }
    }

    private (long Id, byte[]? Head, bool NeedsMessages)? Mark(long id, ref SegmentHead head, byte[] record, KeyRange keys, EntryFlags mark)
    {
        var isChanged = false;
        var isAlive = false;
        var needsMessages = false;
        while (head.TryReadNext(out var entry))
        {
            var isMarked = keys.Contains(entry.Key) && (entry.Flags & (mark | EntryFlags.Removed)) == 0;
            if (isMarked)
            {
                isChanged = true;
                record[entry.FlagsAt] |= (byte)mark;
                if (entry.IsShared && entry.NeedsMessage)
                {
                    _shared.Release(entry.SharedId);
                }
            }

            isAlive |= !entry.IsRemoved && !(isMarked && mark == EntryFlags.Removed);
            needsMessages |= entry.NeedsMessage && !isMarked;
        }

        if (!isChanged)
        {
            return null;
        }

        SegmentHead.SealAgain(id, record);
        return (id, isAlive ? record : null, needsMessages);
    }

    private bool TryReadMessage(in SegmentEntry entry, ReadOnlySpan<byte> messages, out Message? message)
    {
        if (entry.IsShared)
        {
            return _shared.TryRead(entry.SharedId, out message);
        }

        message = null;
        if (entry.MessageLength < Record.ChecksumSize || entry.MessageAt > messages.Length - entry.MessageLength)
        {
            return false;
        }

        var octets = messages.Slice(entry.MessageAt, entry.MessageLength);
        var reader = new WireReader(octets[..^Record.ChecksumSize]);
        return Record.HasChecksum(entry.Key, octets) && MessageCodec.TryRead(ref reader, out message);
    }

    /// <summary>Id of the segment that holds a key, or the key itself when there is none before it in the queue.</summary>
    private long SegmentOf(long key)
    {
        using var rows = _selectLastUpTo.Bind(1, EntryKey.AllOf(EntryKey.QueueOf(key)).First).Bind(2, key).Query();
        return rows.Next() ? rows.Int64(0) : key;
    }

    private void ReportDamaged(long key)
    {
        _counters.CountDamaged(1);
        _logger.MessageDamaged(EntryKey.QueueOf(key), EntryKey.PositionOf(key));
    }
}
