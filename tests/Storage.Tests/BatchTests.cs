using CsCheck;
using Edge.Messaging;
using Edge.Messaging.Stores;

namespace Edge.Storage.Tests;

/// <summary>What of the things asked for is left to be written.</summary>
public sealed class BatchTests
{
    private enum Step
    {
        Append,
        MarkReceived,
        Remove,
        RemoveQueue,
        SaveSession,
        DeleteSession,
        SaveSubscription,
        DeleteSubscription,
        OpenExchange,
        CloseExchange,
        SaveRetained,
        DeleteRetained,
        SaveDelayed,
        DeleteDelayed,
    }

    /// <summary>What comes while a commit is under way that then fails is as if it had come before.</summary>
    [Fact]
    public void Two_batches_merged_are_the_same_as_one() =>
        Gen.Select(Gen.Enum<Step>(), Gen.Int[1, 3], Gen.Int[0, 5]).Array[0, 30].Select(Gen.Int[0, 30]).Sample((steps, split) =>
        {
            var (one, first, later) = (new Batch(), new Batch(), new Batch());
            var appended = new HashSet<long>();
            var (saved, delayed) = (new HashSet<long>(), new HashSet<long> { 0, 1, 2 });
            var open = (from number in Enumerable.Range(1, 3) from value in Enumerable.Range(0, 3) select (number, value)).ToHashSet();
            for (var index = 0; index < steps.Length; index++)
            {
                // What has a value below 3 is on disk. Other positions are appended first, and once; exchanges are opened and closed in turns.
                var (step, number, value) = steps[index];
                if (step switch
                {
                    Step.Append => value >= 3 && appended.Add(EntryKey.Of(number, value)),
                    Step.Remove or Step.MarkReceived => value < 3 || appended.Contains(EntryKey.Of(number, value)),
                    Step.SaveDelayed => value >= 3 && saved.Add(value) && delayed.Add(value),
                    Step.DeleteDelayed => delayed.Remove(value),
                    Step.OpenExchange => open.Add((number, value)),
                    Step.CloseExchange => open.Remove((number, value)),
                    Step.DeleteSession => open.RemoveWhere(exchange => exchange.number == number) >= 0,
                    _ => true,
                })
                {
                    Apply(one, step, number, value);
                    Apply(index < split ? first : later, step, number, value);
                }
            }

            first.Merge(later);

            Assert.Equal(Describe(one), Describe(first));
        }, iter: 5_000);

    [Fact]
    public void Removals_of_neighbours_are_one_range()
    {
        var batch = new Batch();
        foreach (var position in new long[] { 3, 4, 5, 9, 6, 10 })
        {
            batch.Remove(EntryKey.Of(1, position));
        }

        Assert.Equal(4, batch.Removed.Count);
        Assert.Equal(
            [new KeyRange(EntryKey.Of(1, 3), EntryKey.Of(1, 6)), new KeyRange(EntryKey.Of(1, 9), EntryKey.Of(1, 10))], KeyRange.Merge(batch.Removed));
    }

    [Fact]
    public void A_delayed_message_that_comes_due_before_it_is_on_disk_is_never_written()
    {
        var batch = new Batch();
        batch.SaveDelayed(TestStore.Delayed(1));
        batch.DeleteDelayed(1);

        Assert.True(batch.IsEmpty);
    }

    [Fact]
    public void An_entry_whose_owner_lets_go_of_the_message_is_written_all_the_same()
    {
        var entry = new LogEntry(1, 0) { Message = TestStore.MessageOn("a") };
        var batch = new Batch();
        batch.Append(entry);
        batch.Claim();

        entry.Message = null;

        Assert.Equal("a", Assert.Single(batch.Appended).Value.Message.Topic.ToString());
        Assert.Throws<ArgumentException>(() => batch.Append(entry));
    }

    private static void Apply(Batch batch, Step step, long number, int value)
    {
        var topic = TestStore.MessageOn($"{value}").Topic;
        Assert.True(TopicFilter.TryParse($"{value}", out var filter));
        var entry = new LogEntry(number, value) { Message = TestStore.MessageOn("a") };
        switch (step)
        {
            case Step.Append:
                batch.Append(entry);
                break;
            case Step.MarkReceived:
                batch.MarkReceived(entry);
                break;
            case Step.Remove:
                batch.Remove(EntryKey.Of(entry));
                break;
            case Step.RemoveQueue:
                batch.RemoveQueue(number);
                break;
            case Step.SaveSession:
                batch.SaveSession(TestStore.Session(number) with { ClientId = $"{value}" });
                break;
            case Step.DeleteSession:
                batch.DeleteSession(number);
                break;
            case Step.SaveSubscription:
                batch.SaveSubscription(number, new Subscription { Filter = filter, Identifier = (uint)value });
                break;
            case Step.DeleteSubscription:
                batch.DeleteSubscription(number, filter);
                break;
            case Step.OpenExchange:
                batch.OpenExchange(new ReceivedExchange(number, (ushort)value));
                break;
            case Step.CloseExchange:
                batch.CloseExchange(new ReceivedExchange(number, (ushort)value));
                break;
            case Step.SaveRetained:
                batch.SaveRetained(TestStore.MessageOn($"{value}", $"{number}"));
                break;
            case Step.DeleteRetained:
                batch.DeleteRetained(topic);
                break;
            case Step.SaveDelayed:
                batch.SaveDelayed(TestStore.Delayed(value));
                break;
            case Step.DeleteDelayed:
                batch.DeleteDelayed(value);
                break;
        }
    }

    private static string Describe(Batch batch) => string.Join(
        '\n',
        Join(batch.Appended.Keys),
        Join(batch.Received.Keys),
        Join(KeyRange.Merge(batch.Removed)),
        Join(batch.EmptiedQueues),
        Join(batch.DeletedSessions),
        Join(batch.Sessions),
        Join(batch.Subscriptions),
        Join(batch.Exchanges),
        Join(batch.Delayed.Select(pair => (pair.Key, pair.Value is null))),
        Join(batch.Retained.Select(pair => (pair.Key, pair.Value is null ? "" : Convert.ToHexString(pair.Value.Payload.Span)))));

    private static string Join<T>(IEnumerable<T> values) => string.Join(' ', values.Select(value => $"{value}").Order(StringComparer.Ordinal));
}
