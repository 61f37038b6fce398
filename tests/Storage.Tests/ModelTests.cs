using CsCheck;
using Edge.Messaging;
using Edge.Messaging.Stores;

namespace Edge.Storage.Tests;

/// <summary>Whatever is asked of the store in whatever order, it holds what a few dictionaries hold.</summary>
public sealed class ModelTests
{
    private const int Numbers = 4;

    private enum Step
    {
        Append,
        AppendMany,
        AppendToAll,
        AppendExchange,
        Withdraw,
        MarkReceived,
        RemoveFirst,
        RemoveAny,
        RemoveQueue,
        SaveSession,
        DeleteSession,
        SaveSubscription,
        DeleteSubscription,
        CloseExchange,
        SaveRetained,
        DeleteRetained,
        SaveDelayed,
        DeliverDelayed,
        DeleteDelayed,
        Commit,
        Reopen,
        CutPower,
    }

    [Fact]
    public Task The_store_holds_what_the_model_holds() =>
        Gen.Select(Gen.Enum<Step>(), Gen.Int[1, Numbers], Gen.Int[0, 1_000]).Array[1, 120].SampleAsync(RunAsync, iter: 150, threads: 2);

    private static async Task RunAsync((Step Step, int Number, int Value)[] steps)
    {
        var folder = new TemporaryFolder();
        var test = TestStore.OpenInHeldTime(folder);
        var model = new Model();
        try
        {
            foreach (var (step, number, value) in steps)
            {
                switch (step)
                {
                    case Step.Commit:
                        await CommitAsync(test);
                        break;
                    case Step.Reopen:
                        await test.DisposeAsync();
                        test = await ReopenAsync(folder, model);
                        break;
                    case Step.CutPower:
                        await CommitAsync(test);
                        var left = folder.CutPower();
                        await test.DisposeAsync();
                        folder.Dispose();
                        folder = left;
                        test = await ReopenAsync(folder, model);
                        break;
                    default:
                        model.Apply(test, step, number, value);
                        break;
                }
            }

            await test.DisposeAsync();
            test = await ReopenAsync(folder, model);
        }
        finally
        {
            await test.DisposeAsync();
            folder.Dispose();
        }
    }

    private static async Task CommitAsync(TestStore test)
    {
        var commit = test.Store.CommitAsync();
        test.Clock.Advance(TimeSpan.FromMilliseconds(20));
        await commit;
    }

    private static async Task<TestStore> ReopenAsync(TemporaryFolder folder, Model model)
    {
        var test = TestStore.OpenInHeldTime(folder);
        Assert.Empty(test.Logger.Errors);
        await model.CheckAsync(test);
        return test;
    }

    /// <summary>What the store must hold.</summary>
    private sealed class Model
    {
        private readonly Dictionary<long, SessionRecord> _sessions = [];
        private readonly Dictionary<(long, TopicFilter), Subscription> _subscriptions = [];
        private readonly HashSet<ReceivedExchange> _exchanges = [];
        private readonly Dictionary<TopicName, Message> _retained = [];
        private readonly SortedDictionary<long, DelayedMessage> _delayed = [];
        private readonly SortedDictionary<(long Queue, long Position), (LogEntry Entry, Message Message)> _entries = [];
        private readonly long[] _next = new long[Numbers + 1];
        private long _lastDelayed;

        public void Apply(TestStore test, Step step, int number, int value)
        {
            var store = test.Store;
            if (step is not (Step.SaveRetained or Step.DeleteRetained))
            {
                SaveSessionOnce(store, number, value);
            }

            switch (step)
            {
                case Step.Append:
                    store.Append([Add(test, number, NewMessage(number, value))]);
                    break;
                case Step.AppendMany:
                    store.Append([.. Enumerable.Range(0, value % 40).Select(index => Add(test, number, NewMessage(number, value + index)))]);
                    break;
                case Step.AppendToAll:
                    var shared = NewMessage(number, value);
                    store.Append([.. _sessions.Keys.Order().Select(queue => Add(test, queue, shared))]);
                    break;
                case Step.AppendExchange when _exchanges.Add(ExchangeOf(number, value)):
                    store.Append([Add(test, number, NewMessage(number, value))], ExchangeOf(number, value));
                    break;
                case Step.SaveDelayed:
                    var delayed = TestStore.Delayed(++_lastDelayed, new string('d', value));
                    store.SaveDelayed(delayed, _exchanges.Add(ExchangeOf(number, value)) ? ExchangeOf(number, value) : null);
                    _delayed.Add(delayed.Number, delayed);
                    break;
                case Step.DeliverDelayed when _delayed.Count > 0:
                    var due = _delayed.Values.First();
                    store.Append([Add(test, number, due.Message)], delayed: due.Number);
                    _delayed.Remove(due.Number);
                    break;
                case Step.DeleteDelayed when _delayed.Count > 0:
                    var last = _delayed.Keys.Last();
                    store.DeleteDelayed(last);
                    _delayed.Remove(last);
                    break;
                case Step.Withdraw when EntryOf(number, value) is { } entry:
                    _entries.Remove((number, entry.Position));
                    if (!entry.TryWithdraw())
                    {
                        store.Remove(number, entry.Position);
                    }

                    break;
                case Step.MarkReceived when EntryOf(number, value) is { } entry:
                    entry.State = LogEntryState.Releasable;
                    store.MarkReceived(entry);
                    break;
                case Step.RemoveFirst when EntryOf(number, 0) is { } entry:
                    Remove(store, entry);
                    break;
                case Step.RemoveAny when EntryOf(number, value) is { } entry:
                    Remove(store, entry);
                    break;
                case Step.RemoveQueue:
                    store.RemoveQueue(number);
                    RemoveEntries(number);
                    break;
                default:
                    ApplyToRecords(store, step, number, value);
                    break;
            }
        }

        public async Task CheckAsync(TestStore test)
        {
            Assert.Equal(_sessions.Values.OrderBy(session => session.Number), test.State.Sessions.Select(session => session.Record));
            Assert.Equal(
                _retained.Values.OrderBy(message => message.Topic.ToString(), StringComparer.Ordinal).Select(message => message.Payload.ToArray()),
                test.State.Retained.OrderBy(message => message.Topic.ToString(), StringComparer.Ordinal).Select(message => message.Payload.ToArray()));
            Assert.Equal(_delayed.Values.Select(Describe), test.State.Delayed.Select(Describe));
            foreach (var session in test.State.Sessions)
            {
                var number = session.Record.Number;
                Assert.Equal(
                    _subscriptions.Where(pair => pair.Key.Item1 == number).Select(pair => pair.Value).ToHashSet(), session.Subscriptions.ToHashSet());
                Assert.Equal(
                    _exchanges.Where(exchange => exchange.Session == number).Select(exchange => exchange.PacketId).Order(), session.ReceivedPacketIds);
                await CheckQueueAsync(test, number, session.Entries);
            }
        }

        private async Task CheckQueueAsync(TestStore test, long number, IReadOnlyList<StoredEntry> entries)
        {
            var expected = _entries.Where(pair => pair.Key.Queue == number).Select(pair => pair.Value).ToList();
            Assert.Equal(
                expected.Select(pair => (pair.Entry.Position, pair.Entry.Size, pair.Entry.State == LogEntryState.Releasable)),
                entries.Select(entry => (entry.Position, entry.Size, entry.IsReceived)));
            var from = expected.Count == 0 ? 0 : expected[expected.Count / 2].Entry.Position;
            var readable = expected.Where(pair => pair.Entry.State == LogEntryState.Queued && pair.Entry.Position >= from).ToList();
            var read = await test.Store.ReadAsync(number, from, EntryKey.MaxPosition);
            Assert.Equal(
                readable.Select(pair => (pair.Entry.Position, pair.Entry.Qos, pair.Entry.Retain, pair.Entry.Size)),
                read.Select(entry => (entry.Position, entry.Qos, entry.Retain, entry.Size)));
            Assert.All(readable.Zip(read), pair => Assert.Equal(pair.First.Entry.SubscriptionIdentifiers, pair.Second.SubscriptionIdentifiers));
            Assert.All(readable.Zip(read), pair => Assert.Equal(pair.First.Entry.Share, pair.Second.Share));
            Assert.All(readable.Zip(read), pair => Assert.True(Messages.AreEqual(pair.First.Message, pair.Second.Message!)));

            // From now on the model goes on with what the store gave back, as a session does.
            foreach (var (before, message) in expected)
            {
                var after = new LogEntry(number, before.Position)
                {
                    Qos = before.Qos,
                    Retain = before.Retain,
                    SubscriptionIdentifiers = before.SubscriptionIdentifiers,
                    Share = before.Share,
                    Size = before.Size,
                    Message = message,
                    Owner = test.Owner,
                    State = before.State,
                    IsStored = true,
                };
                _entries[(number, after.Position)] = (after, message);
            }
        }

        private void ApplyToRecords(SqliteStore store, Step step, int number, int value)
        {
            switch (step)
            {
                case Step.SaveSession:
                    var session = TestStore.Session(number) with { ClientId = $"client-{value}", DisconnectedAt = DateTimeOffset.UnixEpoch };
                    store.SaveSession(session);
                    _sessions[number] = session;
                    break;
                case Step.DeleteSession:
                    store.DeleteSession(number);
                    _sessions.Remove(number);
                    RemoveEntries(number);
                    _exchanges.RemoveWhere(exchange => exchange.Session == number);
                    foreach (var key in _subscriptions.Keys.Where(key => key.Item1 == number).ToList())
                    {
                        _subscriptions.Remove(key);
                    }

                    break;
                case Step.SaveSubscription:
                    var subscription = new Subscription { Filter = FilterOf(value), MaximumQos = (QualityOfService)(value % 3), Identifier = (uint)value };
                    store.SaveSubscription(number, subscription);
                    _subscriptions[(number, subscription.Filter)] = subscription;
                    break;
                case Step.DeleteSubscription:
                    store.DeleteSubscription(number, FilterOf(value));
                    _subscriptions.Remove((number, FilterOf(value)));
                    break;
                case Step.CloseExchange:
                    store.RemoveReceived(ExchangeOf(number, value));
                    _exchanges.Remove(ExchangeOf(number, value));
                    break;
                case Step.SaveRetained:
                    var message = TestStore.MessageOn($"retained/{value % 10}", new string('r', value));
                    store.SaveRetained(message);
                    _retained[message.Topic] = message;
                    break;
                case Step.DeleteRetained:
                    var topic = TestStore.MessageOn($"retained/{value % 10}").Topic;
                    store.DeleteRetained(topic);
                    _retained.Remove(topic);
                    break;
            }
        }

        private void SaveSessionOnce(SqliteStore store, long number, int value)
        {
            if (!_sessions.ContainsKey(number))
            {
                _sessions[number] = TestStore.Session(number) with { Expiry = TimeSpan.FromSeconds(value) };
                store.SaveSession(_sessions[number]);
            }
        }

        private LogEntry Add(TestStore test, long queue, Message message)
        {
            var position = _next[queue]++;
            var entry = new LogEntry(queue, position)
            {
                Qos = (QualityOfService)(1 + (position % 2)),
                Retain = position % 3 == 0,
                SubscriptionIdentifiers = position % 4 == 0 ? [(uint)position, 7] : null,
                Share = position % 5 == 0 ? TestStore.Filter($"$share/g{position}/t") : default,
                Size = message.Size,
                Message = message,
                Owner = test.Owner,
            };
            _entries.Add((queue, position), (entry, message));
            return entry;
        }

        private LogEntry? EntryOf(long queue, int value)
        {
            var all = _entries.Where(pair => pair.Key.Queue == queue && pair.Value.Entry.State == LogEntryState.Queued).ToList();
            return all.Count == 0 ? null : all[value % all.Count].Value.Entry;
        }

        private void Remove(SqliteStore store, LogEntry entry)
        {
            store.Remove(entry.Queue, entry.Position);
            _entries.Remove((entry.Queue, entry.Position));
        }

        private void RemoveEntries(long queue)
        {
            foreach (var key in _entries.Keys.Where(key => key.Queue == queue).ToList())
            {
                _entries.Remove(key);
            }
        }

        private static (long Number, DateTimeOffset DueAt, string Payload) Describe(DelayedMessage delayed) =>
            (delayed.Number, delayed.DueAt, Convert.ToHexString(delayed.Message.Payload.Span));

        private static Message NewMessage(long number, int value) => TestStore.MessageOn($"plant/{number}", new string('m', value));

        private static ReceivedExchange ExchangeOf(int number, int value) => new(number, (ushort)(1 + (value % 5)));

        private static TopicFilter FilterOf(int value)
        {
            Assert.True(TopicFilter.TryParse($"plant/{value % 5}/#", out var filter));
            return filter;
        }
    }
}
