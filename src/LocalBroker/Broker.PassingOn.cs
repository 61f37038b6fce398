using Edge.LocalBroker.Routing;
using Edge.LocalBroker.Sessions;
using Edge.Messaging;
using Edge.Messaging.Stores;

namespace Edge.LocalBroker;

/// <summary>What a member of a group leaves unacknowledged when its session ends goes to another member (MQTT 5.0 §4.8.2).</summary>
public sealed partial class Broker
{
    private const int PassedOnAtOnce = 256;
    private static readonly TimeSpan ReadAgainAfter = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Passes on what an ended session leaves, in order. Only then its queue goes from the store, with the commit that keeps the new entries
    /// or a later one.
    /// </summary>
    private async Task PassOnAsync(Session session, Remains remains)
    {
        var inMemory = new Queue<(LogEntry Entry, IKeptReceipt? Receipt)>(remains.Shared);
        foreach (var (first, last) in remains.Unread)
        {
            PassOn(inMemory, before: first);
            for (var from = first; from <= last; from += PassedOnAtOnce)
            {
                foreach (var entry in await ReadAsync(session, from, Math.Min(last, from + PassedOnAtOnce - 1)))
                {
                    if (session.MayPassOn(entry))
                    {
                        PassOn(entry, null);
                    }
                    else
                    {
                        _drops.Count(DropCause.SessionEnded);
                    }
                }
            }
        }

        PassOn(inMemory, before: long.MaxValue);
        Delete(session);
        _numbersInUse.TryRemove(session.Number, out _);
    }

    private async ValueTask<IReadOnlyList<LogEntry>> ReadAsync(Session session, long first, long last)
    {
        while (true)
        {
            try
            {
                var entries = await _log.ReadAsync(session.Number, first, last);
                _drops.Count(DropCause.Corrupt, last - first + 1 - entries.Count);
                return entries;
            }
            catch (StoreException fault)
            {
                _logger.QueueUnreadable(session.ClientId, ReadAgainAfter.TotalSeconds, fault);
                await Task.Delay(ReadAgainAfter, _clock);
            }
        }
    }

    private void PassOn(Queue<(LogEntry Entry, IKeptReceipt? Receipt)> entries, long before)
    {
        while (entries.TryPeek(out var first) && first.Entry.Position < before)
        {
            entries.Dequeue();
            PassOn(first.Entry, first.Receipt);
        }
    }

    /// <summary>Gives a message to another member.</summary>
    /// <param name="left">The entry of the member that is gone.</param>
    /// <param name="receipt">A publisher that waits for its acknowledgement yet: it goes on waiting, for the new member's entry.</param>
    private void PassOn(LogEntry left, IKeptReceipt? receipt)
    {
        var fanout = default(Fanout);
        if (left.Message is not { } message || _tree.FindGroup(left.Share) is not { } group || !DeliverToOne(group, null, message, ref fanout))
        {
            _drops.Count(DropCause.SessionEnded);
        }

        if (fanout.Appended is not null)
        {
            _log.Append(fanout.Appended);
        }

        fanout.Receipt?.Kept();
        if (receipt is not null)
        {
            _ = TellAsync(receipt, fanout.Receipt?.AllKept ?? Task.CompletedTask);
        }
    }

    private static async Task TellAsync(IKeptReceipt receipt, Task kept)
    {
        await kept;
        receipt.Kept();
    }
}
