using CsCheck;
using Edge.LocalBroker.Sessions;
using Edge.Messaging.Stores;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests.Sessions;

public sealed class WaitingEntriesTests
{
    private const int Queue = 1;
    private static readonly DateTimeOffset Came = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);
    private readonly WaitingEntries _waiting = new();

    private enum Step
    {
        Add,
        Store,
        RemoveFirst,
        Read,
        Lose,
    }

    [Fact]
    public void What_is_near_the_front_stays_in_memory_and_the_rest_is_forgotten_when_it_is_on_disk()
    {
        var entries = AddMany(1_000);
        foreach (var entry in entries)
        {
            Store(entry);
        }

        var inMemory = _waiting.InMemory.ToList();
        Assert.Equal(entries.Take(WaitingEntries.ReadAhead), inMemory.Take(WaitingEntries.ReadAhead));
        Assert.InRange(inMemory.Count, WaitingEntries.ReadAhead, WaitingEntries.ReadAhead + 32);
        Assert.Equal((1_000, 10_000L), (_waiting.Count, _waiting.Bytes));
        Assert.False(_waiting.TryFindUnread(out _, out _));
    }

    [Fact]
    public void What_is_not_on_disk_is_never_forgotten()
    {
        var entries = AddMany(1_000);
        foreach (var entry in entries.Where(entry => entry.Position != 700))
        {
            Store(entry);
        }

        Assert.Contains(entries[700], _waiting.InMemory);
    }

    [Fact]
    public void Few_large_entries_stay_in_memory()
    {
        var entries = AddMany(1_000, size: 100_000);
        foreach (var entry in entries)
        {
            Store(entry);
        }

        Assert.InRange(_waiting.InMemory.Count(), 32, 2 * 32);
        _ = RemoveMany(30);
        Assert.True(_waiting.TryFindUnread(out var from, out var to));
        Assert.Equal((32, 41), (from, to));
    }

    [Fact]
    public void Reading_begins_before_the_front_runs_dry_and_fetches_many_at_once()
    {
        var entries = AddMany(1_000);
        foreach (var entry in entries)
        {
            Store(entry);
        }

        _ = RemoveMany(WaitingEntries.ReadAhead / 2);
        Assert.False(_waiting.TryFindUnread(out _, out _));
        _ = RemoveMany(1);

        Assert.True(_waiting.TryFindUnread(out var from, out var to));
        Assert.Equal((WaitingEntries.ReadAhead, (2 * WaitingEntries.ReadAhead) - 1), (from, to));
        Assert.Empty(_waiting.PutBack(Queue, from, to, entries[(int)from..(int)(to + 1)]));
        Assert.False(_waiting.TryFindUnread(out _, out _));
        Assert.Equal(entries.Skip(129).Take(383), RemoveMany(383));
    }

    [Fact]
    public void Entries_that_cannot_be_read_are_taken_out_and_the_order_is_kept()
    {
        for (var position = 0; position < 100; position++)
        {
            _waiting.AddStored(position, 10, Came);
        }

        Assert.Null(_waiting.First);
        Assert.True(_waiting.TryFindUnread(out var from, out var to));
        var read = Enumerable.Range(0, 100).Where(position => position % 10 != 3).Select(position => Restored(position)).ToList();

        var missing = _waiting.PutBack(Queue, from, to, read);

        Assert.Equal(Enumerable.Range(0, 10).Select(i => 3L + (10 * i)), missing.Select(entry => entry.Position));
        Assert.All(missing, entry => Assert.Equal((10, true), (entry.Size, entry.IsStored)));
        Assert.Equal((90, 900L), (_waiting.Count, _waiting.Bytes));
        Assert.Equal(read, RemoveMany(90));
    }

    [Fact]
    public void Of_an_entry_on_disk_only_the_size_is_known_when_it_gives_way()
    {
        _waiting.AddStored(5, 17, Came);
        _waiting.AddStored(40_000_000, 18, Came);
        _waiting.SkipTo(40_000_100);

        var (first, second) = (_waiting.RemoveFirst(Queue), _waiting.RemoveFirst(Queue));

        Assert.Equal((5, 17, true), (first.Position, first.Size, first.IsStored));
        Assert.Equal((40_000_000, 18, true), (second.Position, second.Size, second.IsStored));
        Assert.Equal((0, 0L, 40_000_100), (_waiting.Count, _waiting.Bytes, _waiting.End));
        _waiting.Add(New(40_000_100));
        Assert.Equal(40_000_100, _waiting.First!.Position);
    }

    [Fact]
    public void What_was_read_too_late_is_left_out()
    {
        for (var position = 0; position < 10; position++)
        {
            _waiting.AddStored(position, 10, Came);
        }

        Assert.True(_waiting.TryFindUnread(out var from, out var to));
        _ = RemoveMany(4);
        Assert.Empty(_waiting.PutBack(Queue, from, to, [.. Enumerable.Range(0, 10).Select(position => Restored(position))]));

        Assert.Equal([4L, 5L, 6L, 7L, 8L, 9L], RemoveMany(6).Select(entry => entry.Position));
        Assert.Equal((0, 0L), (_waiting.Count, _waiting.Bytes));
    }

    [Fact]
    public void What_reaches_the_disk_and_is_forgotten_while_a_read_is_under_way_is_not_taken_for_damaged()
    {
        for (var position = 0; position < 250; position++)
        {
            _waiting.AddStored(position, 5_000, Came);
        }

        var entries = AddMany(100, size: 5_000);
        Assert.True(_waiting.TryFindUnread(out var from, out var to));
        Assert.Equal((0, 208), (from, to));
        Assert.Empty(_waiting.PutBack(Queue, from, to, [.. Enumerable.Range(0, 209).Select(position => Restored(position))]));
        _ = RemoveMany(190);
        Assert.True(_waiting.TryFindUnread(out from, out to));
        var read = Enumerable.Range(209, 41).Select(position => Restored(position)).ToList();

        entries.ForEach(Store);

        Assert.Equal((209, 249), (from, to));
        Assert.Empty(_waiting.PutBack(Queue, from, to, read));
        Assert.Equal(160, _waiting.Count);
    }

    [Fact]
    public void A_short_queue_that_fills_and_empties_allocates_next_to_nothing()
    {
        var entries = Enumerable.Range(0, 20_000).Select(position => New(position)).ToArray();
        Turn(entries.AsSpan(0, 1_000));
        var before = GC.GetAllocatedBytesForCurrentThread();

        Turn(entries.AsSpan(1_000));

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 19_000.0, 0, 8);

        void Turn(ReadOnlySpan<LogEntry> some)
        {
            foreach (var entry in some)
            {
                _waiting.Add(entry);
                if (entry.Position % 3 == 2)
                {
                    _waiting.RemoveFirst(Queue);
                    _waiting.RemoveFirst(Queue);
                    _waiting.RemoveFirst(Queue);
                }
            }
        }
    }

    [Fact]
    public void Agrees_with_a_plain_list_whatever_happens_to_it() =>
        Gen.Select(Gen.Frequency((5, Step.Add), (5, Step.Store), (3, Step.RemoveFirst), (2, Step.Read), (1, Step.Lose)), Gen.Int[1, 120], Gen.OneOf(10, 50_000))
            .List[1, 40]
            .Sample(steps =>
            {
                var waiting = new WaitingEntries();
                var model = new List<(LogEntry Entry, bool IsStored)>();
                foreach (var (step, count, size) in steps)
                {
                    for (var i = 0; i < count; i++)
                    {
                        Apply(waiting, model, step, i, size);
                    }

                    Assert.Equal((model.Count, model.Sum(kept => (long)kept.Entry.Size)), (waiting.Count, waiting.Bytes));
                    Assert.Equal(model.Count == 0 ? DateTimeOffset.MaxValue : model[0].Entry.QueuedAt, waiting.OldestQueuedAt);
                    Assert.True(waiting.First is null || waiting.First == model[0].Entry);
                    var inMemory = waiting.InMemory.ToHashSet();
                    Assert.True(model.Select(kept => kept.Entry).Where(inMemory.Contains).SequenceEqual(waiting.InMemory));
                    Assert.DoesNotContain(model, kept => !kept.IsStored && !inMemory.Contains(kept.Entry));
                }

                while (model.Count > 0)
                {
                    Apply(waiting, model, Step.Read, 0, 0);
                    Assert.Equal(model[0].Entry, waiting.First);
                    Apply(waiting, model, Step.RemoveFirst, 0, 0);
                }

                Assert.Equal((0, 0L), (waiting.Count, waiting.Bytes));
            });

    private static void Apply(WaitingEntries waiting, List<(LogEntry Entry, bool IsStored)> model, Step step, int i, int size)
    {
        switch (step)
        {
            case Step.Add:
                model.Add((New(waiting.End, size), false));
                waiting.Add(model[^1].Entry);
                break;
            case Step.Store when model.FindIndex(kept => !kept.IsStored) is >= 0 and var first:
                // Now and then the next but one, as when two publishers met.
                var index = i % 7 == 3 && first + 1 < model.Count && !model[first + 1].IsStored ? first + 1 : first;
                waiting.OnStored(model[index].Entry);
                model[index].Entry.IsStored = true;
                model[index] = (model[index].Entry, true);
                break;
            case Step.RemoveFirst when model.Count > 0:
                Assert.Equal((model[0].Entry.Position, model[0].Entry.Size), waiting.RemoveFirst(Queue) is var removed ? (removed.Position, removed.Size) : default);
                model.RemoveAt(0);
                break;
            case Step.Read when waiting.TryFindUnread(out var from, out var to):
                Assert.Empty(waiting.PutBack(Queue, from, to, InRange(model, from, to)));
                break;
            case Step.Lose when waiting.TryFindUnread(out var from, out var to):
                var kept = waiting.InMemory.ToHashSet();
                var lost = InRange(model, from, to).FirstOrDefault(entry => !kept.Contains(entry));
                var missing = waiting.PutBack(Queue, from, to, [.. InRange(model, from, to).Where(entry => entry != lost)]);
                Assert.Equal(lost?.Position, Assert.Single(missing).Position);
                model.RemoveAll(pair => pair.Entry == lost);
                break;
        }
    }

    private static List<LogEntry> InRange(List<(LogEntry Entry, bool IsStored)> model, long from, long to) =>
        [.. model.Where(kept => kept.IsStored && kept.Entry.Position >= from && kept.Entry.Position <= to).Select(kept => kept.Entry)];

    private static LogEntry New(long position, int size = 10) => new(Queue, position) { Qos = Qos1, Size = size, QueuedAt = Came.AddMinutes(position) };

    private static LogEntry Restored(long position) => new(Queue, position) { Qos = Qos1, Size = 10, IsStored = true };

    private List<LogEntry> AddMany(int count, int size = 10)
    {
        var entries = new List<LogEntry>();
        for (var i = 0; i < count; i++)
        {
            entries.Add(New(_waiting.End, size));
            _waiting.Add(entries[^1]);
        }

        return entries;
    }

    private List<LogEntry> RemoveMany(int count) => [.. Enumerable.Range(0, count).Select(_ => _waiting.RemoveFirst(Queue))];

    private void Store(LogEntry entry)
    {
        _waiting.OnStored(entry);
        entry.IsStored = true;
    }
}
