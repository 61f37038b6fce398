using System.Text;
using Edge.Messaging;
using Edge.Messaging.Stores;
using Edge.Messaging.Wire;
using Edge.Storage.Records;

namespace Edge.Storage.Tables;

/// <summary>Reads and writes the head of a segment: what is known of each entry without its message, positions counted on from the first.</summary>
/// <remarks>
/// <code>
/// when the first of them came
///      8 octets
///
/// flags | size     | length of the message or id of the shared one | [count    | Subscription Identifiers] | [length | shared subscription]
///   1   | variable |                 variable                      |  variable |        4 each             |    2    |  length      octets
/// </code>
/// A <see cref="Record"/> of version 2 around all of them; one of version 1 does not say when. Flags change in place, so the head keeps its length as long as the segment lives.
/// </remarks>
internal ref struct SegmentHead
{
    /// <summary>Octets of a head without entries.</summary>
    public const int Overhead = Record.Overhead + sizeof(long);

    private const byte Version = 2;

    private readonly long _id;
    private readonly int _end;
    private readonly DateTimeOffset _queuedAt;
    private WireReader _reader;
    private int _index;
    private int _messageAt;

    private SegmentHead(long id, ReadOnlySpan<byte> content, bool saysWhen)
    {
        _id = id;
        _end = 1 + content.Length;
        _reader = new WireReader(content);
        _queuedAt = saysWhen ? Instant.Read(ref _reader) ?? default : default;
    }

    /// <summary>Octets of all messages that stand in the segment, known when every entry was read.</summary>
    public readonly int MessagesLength => _messageAt;

    /// <summary>Begins to read; false when the head is damaged.</summary>
    public static bool TryOpen(long id, ReadOnlySpan<byte> record, out SegmentHead head)
    {
        var saysWhen = Record.TryOpen(id, record, out var content, Version);
        var isWhole = saysWhen || Record.TryOpen(id, record, out content);
        head = new SegmentHead(id, content, saysWhen);
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

        var flagsAt = _end - _reader.Remaining;
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
            QueuedAt = _queuedAt,
            MessageAt = _messageAt,
            MessageLength = isShared ? 0 : (int)lengthOrId,
            SharedId = isShared ? lengthOrId : 0,
            SubscriptionIdentifiers = flags.HasFlag(EntryFlags.HasIdentifiers) ? ReadIdentifiers() : null,
            Share = flags.HasFlag(EntryFlags.HasShare) && TopicFilter.TryParse(_reader.ReadPrefixed(), out var share) ? share : default,
        };
        _messageAt += entry.MessageLength;
        return !_reader.IsTruncated;
    }

    /// <summary>Octets of one entry.</summary>
    public static int SizeOf(LogEntry entry, long lengthOrId) =>
        1 + VariableInteger.SizeOf(entry.Size) + VariableInteger.SizeOf(lengthOrId)
        + (entry.SubscriptionIdentifiers is { } identifiers
            ? VariableInteger.SizeOf(identifiers.Length) + (sizeof(uint) * identifiers.Length)
            : 0)
        + (entry.Share == default ? 0 : sizeof(ushort) + Encoding.UTF8.GetByteCount(entry.Share.ToString()));

    /// <summary>Writes what stands before the first entry.</summary>
    public static void Begin(ref WireWriter writer, LogEntry first) => Instant.Write(ref writer, first.QueuedAt);

    /// <summary>Writes one entry.</summary>
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

    /// <summary>Sets version and checksum of a head that is written.</summary>
    public static void Seal(long id, Span<byte> record) => Record.Seal(id, record, Version);

    /// <summary>Sets the checksum of a head anew whose flags changed.</summary>
    public static void SealAgain(long id, Span<byte> record) => Record.Seal(id, record, record[0]);

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
