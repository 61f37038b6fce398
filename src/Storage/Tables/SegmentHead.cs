using System.Text;
using Edge.Messaging;
using Edge.Messaging.Stores;
using Edge.Messaging.Wire;
using Edge.Storage.Records;

namespace Edge.Storage.Tables;

/// <summary>Reads and writes the head of a segment: what is known of each entry without its message, positions counted on from the first.</summary>
/// <remarks>
/// <code>
/// flags | size     | length of the message or id of the shared one | [count    | Subscription Identifiers] | [length | shared subscription]
///   1   | variable |                 variable                      |  variable |        4 each             |    2    |  length      octets
/// </code>
/// A <see cref="Record"/> around all of them. Flags change in place, so the head keeps its length as long as the segment lives.
/// </remarks>
internal ref struct SegmentHead
{
    private readonly long _id;
    private readonly int _length;
    private WireReader _reader;
    private int _index;
    private int _messageAt;

    private SegmentHead(long id, ReadOnlySpan<byte> content)
    {
        _id = id;
        _length = content.Length;
        _reader = new WireReader(content);
    }

    /// <summary>Octets of all messages that stand in the segment, known when every entry was read.</summary>
    public readonly int MessagesLength => _messageAt;

    /// <summary>Begins to read; false when the head is damaged.</summary>
    public static bool TryOpen(long id, ReadOnlySpan<byte> record, out SegmentHead head)
    {
        var isWhole = Record.TryOpen(id, record, out var content);
        head = new SegmentHead(id, content);
        return isWhole;
    }

    /// <summary>Reads the next entry; false when there is none.</summary>
    public bool TryReadNext(out SegmentEntry entry)
    {
        entry = default;
        if (_reader.Remaining == 0)
        {
            return false;
        }

        var flagsAt = 1 + _length - _reader.Remaining;
        var flags = (EntryFlags)_reader.ReadByte();
        var size = VariableInteger.Read(ref _reader);
        var lengthOrId = VariableInteger.Read(ref _reader);
        var isShared = flags.HasFlag(EntryFlags.Shared);
        entry = new SegmentEntry
        {
            Key = _id + _index++,
            Flags = flags,
            FlagsAt = flagsAt,
            Size = (int)size,
            MessageAt = _messageAt,
            MessageLength = isShared ? 0 : (int)lengthOrId,
            SharedId = isShared ? lengthOrId : 0,
            SubscriptionIdentifiers = flags.HasFlag(EntryFlags.HasIdentifiers) ? ReadIdentifiers() : null,
            Share = flags.HasFlag(EntryFlags.HasShare) && TopicFilter.TryParse(_reader.ReadPrefixed(), out var share) ? share : default,
        };
        _messageAt += entry.MessageLength;
        return !_reader.IsTruncated;
    }

    public static int SizeOf(LogEntry entry, long lengthOrId) =>
        1 + VariableInteger.SizeOf(entry.Size) + VariableInteger.SizeOf(lengthOrId)
        + (entry.SubscriptionIdentifiers is { } identifiers
            ? VariableInteger.SizeOf(identifiers.Length) + (sizeof(uint) * identifiers.Length)
            : 0)
        + (entry.Share == default ? 0 : sizeof(ushort) + Encoding.UTF8.GetByteCount(entry.Share.ToString()));

    public static void Write(ref WireWriter writer, LogEntry entry, EntryFlags state, long lengthOrId)
    {
        var flags = state
            | (EntryFlags)entry.Qos
            | (entry.Retain ? EntryFlags.Retain : 0)
            | (entry.SubscriptionIdentifiers is null ? 0 : EntryFlags.HasIdentifiers)
            | (entry.Share == default ? 0 : EntryFlags.HasShare);
        writer.WriteByte((byte)flags);
        VariableInteger.Write(ref writer, entry.Size);
        VariableInteger.Write(ref writer, lengthOrId);
        if (entry.SubscriptionIdentifiers is { } identifiers)
        {
            VariableInteger.Write(ref writer, identifiers.Length);
            foreach (var identifier in identifiers)
            {
                writer.WriteUInt32(identifier);
            }
        }

        if (entry.Share != default)
        {
            writer.WritePrefixed(entry.Share.ToString());
        }
    }

    private uint[] ReadIdentifiers()
    {
        var count = VariableInteger.Read(ref _reader);
        var identifiers = new uint[Math.Min(count, _reader.Remaining / sizeof(uint))];
        for (var index = 0; index < identifiers.Length; index++)
        {
            identifiers[index] = _reader.ReadUInt32();
        }

        return identifiers;
    }
}
