using System.Diagnostics.CodeAnalysis;
using Edge.Messaging.Stores;

namespace Edge.LocalBroker.Sessions;

/// <summary>A session's QoS 1 and 2 entries in order of position. Finding one by position or Packet Identifier takes constant time.</summary>
/// <remarks>An entry removed from the middle leaves a hole until everything before it is gone.</remarks>
internal sealed class EntryRing
{
    private LogEntry?[] _slots = [];

    /// <summary>Position of the oldest entry; equals <see cref="End"/> when there is none.</summary>
    public long Start { get; private set; }

    /// <summary>Position that the next entry gets.</summary>
    public long End { get; private set; }

    /// <summary>Entries present.</summary>
    public int Count { get; private set; }

    /// <summary>The entry at a position, or null when it is gone or was never there.</summary>
    public LogEntry? this[long position] => position >= Start && position < End ? _slots[Slot(position)] : null;

    /// <summary>Adds at <see cref="End"/>, or after a gap when the entry's position lies beyond (read back from disk).</summary>
    public void Add(LogEntry entry)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(entry.Position, End);
        if (Count == 0)
        {
            Start = End = entry.Position;
        }

        while (entry.Position + 1 - Start > _slots.Length)
        {
            Grow();
        }

        End = entry.Position + 1;
        _slots[Slot(entry.Position)] = entry;
        Count++;
    }

    /// <summary>The entry with a Packet Identifier. They are unique, as the ring never spans more than 65,535 sent positions.</summary>
    public bool TryFind(ushort packetId, [NotNullWhen(true)] out LogEntry? entry)
    {
        var distance = packetId - LogEntry.PacketIdOf(Start);
        entry = packetId == 0 ? null : this[Start + (distance < 0 ? distance + ushort.MaxValue : distance)];
        return entry is not null;
    }

    /// <summary>Takes an entry out.</summary>
    public void Remove(long position)
    {
        _slots[Slot(position)] = null;
        Count--;
        if (Count == 0)
        {
            Start = End;
        }

        while (Start < End && _slots[Slot(Start)] is null)
        {
            Start++;
        }
    }

    private int Slot(long position) => (int)(position & (_slots.Length - 1));

    private void Grow()
    {
        var grown = new LogEntry?[Math.Max(16, _slots.Length * 2)];
        for (var position = Start; position < End; position++)
        {
            grown[position & (grown.Length - 1)] = _slots[Slot(position)];
        }

        _slots = grown;
    }
}
