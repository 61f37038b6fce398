using System.Collections.Concurrent;

namespace Edge.Storage.Tests;

/// <summary>Many callers at once, in real time.</summary>
public sealed class ConcurrencyTests
{
    [Fact]
    public async Task Every_entry_is_either_stored_or_left_out_and_its_owner_hears_once()
    {
        const int Queues = 8;
        const int PerQueue = 2_000;
        using var folder = new TemporaryFolder();
        await using var test = TestStore.Open(folder);
        var kept = new ConcurrentDictionary<(long, long), bool>();
        var withdrawn = 0;

        await Task.WhenAll(Enumerable.Range(1, Queues).Select(queue => Task.Run(async () =>
        {
            var random = new Random(queue);
            for (var position = 0; position < PerQueue; position++)
            {
                var entry = test.Append(queue, position);
                switch (random.Next(4))
                {
                    case 0 when entry.TryWithdraw():
                        Interlocked.Increment(ref withdrawn);
                        break;
                    case 0 or 1:
                        test.Store.Remove(queue, position);
                        break;
                    default:
                        kept[(queue, position)] = true;
                        break;
                }

                if (position % 100 == 0)
                {
                    await test.Store.CommitAsync();
                    await test.Store.ReadAsync(queue, 0, 10);
                }
            }
        })));
        await test.Store.CommitAsync();

        Assert.Equal(Queues * PerQueue, test.Store.EntriesWritten + test.Store.EntriesLeftOut);
        Assert.InRange(test.Store.EntriesLeftOut, withdrawn, Queues * PerQueue);
        Assert.Equal(test.Store.EntriesWritten, test.Owner.Stored.Count);
        Assert.Equal(test.Owner.Stored.Count, test.Owner.Stored.Select(entry => (entry.Queue, entry.Position)).Distinct().Count());
        for (var queue = 1; queue <= Queues; queue++)
        {
            Assert.Equal(kept.Keys.Where(key => key.Item1 == queue).Select(key => key.Item2).Order(), await test.PositionsAsync(queue));
        }
    }
}
