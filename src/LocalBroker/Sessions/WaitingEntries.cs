using System.Diagnostics.CodeAnalysis;
using Edge.Messaging.Stores;

namespace Edge.LocalBroker.Sessions;

/// <summary>
/// A session's QoS 1 and 2 entries that are not sent yet, in order of position: those to be sent soon in memory, those beyond on disk only.
/// </summary>
/// <remarks>
/// Entries stand in pages. A page that is not near the front and wholly on disk forgets its entries but for their sizes and times, so that a backlog
/// of a million messages costs some megabytes. What comes near the front is read back (<see cref="TryFindUnread"/>, <see cref="PutBack"/>).
/// Not thread-safe: the lock of the session guards it.
/// </remarks>
internal sealed class WaitingEntries
{
    /// <summary>How far from the front entries stay in memory, in positions.</summary>
    public const int ReadAhead = 8 * PageSize;

    /// <summary>How far from the front entries stay in memory, in octets.</summary>
    public const int ReadAheadBytes = 1024 * 1024;

    private const int PageSize = 32;
    private const int MaxIdlePages = 64;
    private const long Nowhere = long.MaxValue;

    private Page?[] _pages = new Page?[2];
    private Page? _spare;
    private long _start;
    private long _unread = Nowhere;

    /// <summary>Position that the next entry gets.</summary>
    public long End { get; private set; }

    /// <summary>Entries, in memory or not.</summary>
    public int Count { get; private set; }

    /// <summary>Octets of them.</summary>
    public long Bytes { get; private set; }

    /// <summary>The oldest entry; null when there is none or when it is on disk only.</summary>
    public LogEntry? First => Count == 0 ? null : PageOf(_start)?[Slot(_start)];

    /// <summary>When the oldest entry came, in whole seconds; the greatest time when there is none.</summary>
    public DateTimeOffset OldestQueuedAt =>
        Count == 0 ? DateTimeOffset.MaxValue : PageOf(_start)!.QueuedAt(Slot(_start));

    /// <summary>Entries in memory, oldest first.</summary>
    public IEnumerable<LogEntry> InMemory
    {
        get
        {
            for (var position = _start; position < End; position++)
            {
                if (PageOf(position)?[Slot(position)] is { } entry)
                {
                    yield return entry;
                }
            }
        }
    }

    /// <summary>First and last positions of entries in a row that are on disk only, oldest first.</summary>
    public IEnumerable<(long First, long Last)> Unread
    {
        get
        {
            for (var first = _unread; first < End; first++)
            {
                var last = first;
                while (IsUnread(last, out _))
                {
                    last++;
                }

                if (last > first)
                {
                    yield return (first, last - 1);
                    first = last;
                }
            }
        }
    }

    /// <summary>Adds the newest entry; its position is <see cref="End"/>.</summary>
    public void Add(LogEntry entry)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(entry.Position, End);
        var page = Hold(entry.Position, entry.Size, entry.QueuedAt);
        page.Put(Slot(entry.Position), entry);
        page.NotStored++;
        if (Slot(entry.Position) == 0 && entry.Position > _start)
        {
            ForgetWhenFar(entry.Position - 1);
        }
    }

    /// <summary>Adds one that was found on disk; its position is <see cref="End"/> or beyond.</summary>
    public void AddStored(long position, int size, DateTimeOffset queuedAt)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(position, End);
        var page = Hold(position, size, queuedAt);
        page.Unread++;
        _unread = Math.Min(_unread, position);
    }

    /// <summary>Leaves out positions that are in use elsewhere.</summary>
    public void SkipTo(long end) => End = Math.Max(End, end);

    /// <summary>Takes the oldest out; there must be one. Of one that is on disk only, no more is known than its size.</summary>
    public LogEntry RemoveFirst(long queue)
    {
        var entry = First ?? new LogEntry(queue, _start) { Size = SizeAt(_start), IsStored = true };
        Remove(_start);
        return entry;
    }

    /// <summary>Learns that an entry is on disk. It may be forgotten then.</summary>
    public void OnStored(LogEntry entry)
    {
        if (entry.Position >= _start && PageOf(entry.Position) is { } page && page[Slot(entry.Position)] == entry)
        {
            page.NotStored--;
            ForgetWhenFar(entry.Position);
        }
    }

    /// <summary>Which positions to read back now; false for none. As many as may stay in memory, at least one.</summary>
    public bool TryFindUnread(out long from, out long to)
    {
        (from, to) = (_unread, _unread);
        if (_unread == Nowhere || _unread - _start >= ReadAhead / 2 || BytesBetween(_start, _unread) >= ReadAheadBytes / 2)
        {
            return false;
        }

        var bytes = SizeAt(from);
        while (to + 1 < End && to + 1 < from + ReadAhead && bytes + SizeAt(to + 1) <= ReadAheadBytes && IsOnDisk(to + 1))
        {
            to++;
            bytes += SizeAt(to);
        }

        return true;
    }

    /// <summary>Takes in what was read of some positions. Entries that are still missing then are taken out.</summary>
    /// <returns>Those that were missing; no more is known of them than their size.</returns>
    public List<LogEntry> PutBack(long queue, long from, long to, IReadOnlyList<LogEntry> read)
    {
        foreach (var entry in read)
        {
            if (IsUnread(entry.Position, out var page))
            {
                entry.QueuedAt = page.QueuedAt(Slot(entry.Position));
                page.Put(Slot(entry.Position), entry);
                page.Unread--;
            }
        }

        var missing = new List<LogEntry>();
        for (var position = Math.Max(from, _start); position <= to && position < End; position++)
        {
            if (IsUnread(position, out _))
            {
                missing.Add(new LogEntry(queue, position) { Size = SizeAt(position), IsStored = true });
                Remove(position);
            }
        }

        FindUnread(Math.Min(from, _unread));
        return missing;
    }

    private static int Slot(long position) => (int)(position % PageSize);

    private static long NumberOf(long position) => position / PageSize;

    private static long NextPage(long position) => position - Slot(position) + PageSize;

    private Page? PageOf(long position) => _pages[NumberOf(position) & (_pages.Length - 1)];

    private int SizeAt(long position) => PageOf(position)?.SizeAt(Slot(position)) ?? 0;

    private bool IsUnread(long position, [NotNullWhen(true)] out Page? page)
    {
        page = position >= _start && position < End ? PageOf(position) : null;
        return page is { Unread: > 0 } && page.SizeAt(Slot(position)) > 0 && page[Slot(position)] is null;
    }

    /// <summary>Whether a read finds what there is. What is written only after the read must not be taken for damaged.</summary>
    private bool IsOnDisk(long position) => PageOf(position)?[Slot(position)] is null or { IsStored: true };

    private long BytesBetween(long from, long to)
    {
        var bytes = 0L;
        for (var position = from; position < to; position++)
        {
            bytes += SizeAt(position);
        }

        return bytes;
    }

    /// <summary>Makes room for an entry at <see cref="End"/> or beyond, and counts it.</summary>
    private Page Hold(long position, int size, DateTimeOffset queuedAt)
    {
        if (Count == 0)
        {
            _start = position;
        }

        while (NumberOf(position) - NumberOf(_start) >= _pages.Length)
        {
            Grow();
        }

        ref var page = ref _pages[NumberOf(position) & (_pages.Length - 1)];
        page ??= _spare ?? new Page();
        _spare = page == _spare ? null : _spare;
        page.Hold(Slot(position), size, (uint)queuedAt.ToUnixTimeSeconds());
        End = position + 1;
        Count++;
        Bytes += size;
        return page;
    }

    private void Remove(long position)
    {
        var page = PageOf(position)!;
        Bytes -= page.SizeAt(Slot(position));
        Count--;
        page.Remove(Slot(position));

        // The page that the next entry goes into stays; another may serve again.
        if (page.Count == 0 && NumberOf(position) != NumberOf(End))
        {
            _pages[NumberOf(position) & (_pages.Length - 1)] = null;
            _spare = page;
        }

        while (_start < End && SizeAt(_start) == 0)
        {
            _start = PageOf(_start) is { Count: > 0 } ? _start + 1 : Math.Min(NextPage(_start), End);
        }

        if (position == _unread)
        {
            FindUnread(position);
        }

        if (Count == 0 && _pages.Length > MaxIdlePages)
        {
            _pages = new Page?[2];
        }
    }

    private void FindUnread(long from)
    {
        var position = Math.Max(from, _start);
        while (position < End && !IsUnread(position, out _))
        {
            position = PageOf(position) is { Unread: > 0 } ? position + 1 : NextPage(position);
        }

        _unread = position < End ? position : Nowhere;
    }

    private void ForgetWhenFar(long position)
    {
        if (PageOf(position) is { NotStored: 0, Count: > 0, Unread: 0 } page && NumberOf(position) < NumberOf(End) && !IsNear(NumberOf(position)))
        {
            page.Forget();
            FindUnread(Math.Min(_unread, position - Slot(position)));
        }
    }

    private bool IsNear(long number)
    {
        var bytes = 0L;
        for (var nearer = Math.Max(NumberOf(_start), number - (ReadAhead / PageSize)); nearer < number; nearer++)
        {
            bytes += _pages[nearer & (_pages.Length - 1)]?.Bytes ?? 0;
        }

        return bytes < ReadAheadBytes && number - NumberOf(_start) < ReadAhead / PageSize;
    }

    private void Grow()
    {
        var grown = new Page?[_pages.Length * 2];
        for (var number = NumberOf(_start); number < NumberOf(_start) + _pages.Length; number++)
        {
            grown[number & (grown.Length - 1)] = _pages[number & (_pages.Length - 1)];
        }

        _pages = grown;
    }

    /// <summary>Entries at consecutive positions. A size of 0 says that there is none.</summary>
    private sealed class Page
    {
        private readonly (int Size, uint Second)[] _known = new (int, uint)[PageSize];
        private LogEntry?[]? _entries;

        public int Count { get; private set; }

        public long Bytes { get; private set; }

        /// <summary>Entries that are on disk only.</summary>
        public int Unread { get; set; }

        /// <summary>Entries that are in memory only.</summary>
        public int NotStored { get; set; }

        public LogEntry? this[int slot] => _entries?[slot];

        public int SizeAt(int slot) => _known[slot].Size;

        public DateTimeOffset QueuedAt(int slot) => DateTimeOffset.FromUnixTimeSeconds(_known[slot].Second);

        public void Hold(int slot, int size, uint second)
        {
            _known[slot] = (size, second);
            Bytes += size;
            Count++;
        }

        public void Put(int slot, LogEntry entry) => (_entries ??= new LogEntry?[PageSize])[slot] = entry;

        public void Remove(int slot)
        {
            var entry = this[slot];
            Unread -= entry is null ? 1 : 0;
            NotStored -= entry is { IsStored: false } ? 1 : 0;
            _entries?[slot] = null;
            Bytes -= SizeAt(slot);
            _known[slot] = default;
            Count--;
        }

        /// <summary>Lets go of entries that are all on disk.</summary>
        public void Forget()
        {
            _entries = null;
            Unread = Count;
        }
    }
}
