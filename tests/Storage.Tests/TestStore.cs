using System.Text;
using Edge.Messaging;
using Edge.Messaging.Stores;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Storage.Tests;

/// <summary>A store in a folder, and what a test needs around it.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    private TestStore(SqliteStore store, FakeTimeProvider? clock, RecordingLogger logger, Drops drops)
    {
        Store = store;
        Clock = clock ?? new FakeTimeProvider();
        Logger = logger;
        Drops = drops;
        State = store.Load();
    }

    public SqliteStore Store { get; }

    /// <summary>The store's time, where the test asked to hold it.</summary>
    public FakeTimeProvider Clock { get; }

    public RecordingLogger Logger { get; }

    public Drops Drops { get; }

    public Owner Owner { get; } = new();

    /// <summary>What the store held when it was opened.</summary>
    public StoredState State { get; }

    /// <summary>Opens a store that commits at once.</summary>
    public static TestStore Open(TemporaryFolder folder) =>
        Open(new StorageOptions { Directory = folder.Path, CommitDelay = TimeSpan.Zero, RemovalDelay = TimeSpan.Zero }, null);

    /// <summary>Opens a store with the usual delays, on a clock that stands still.</summary>
    public static TestStore OpenInHeldTime(TemporaryFolder folder) => Open(new StorageOptions { Directory = folder.Path }, new FakeTimeProvider());

    public static Message MessageOn(string topic, string payload = "21.5", QualityOfService qos = QualityOfService.AtLeastOnce)
    {
        Assert.True(TopicName.TryParse(topic, out var name));
        return new Message { Topic = name, Payload = Encoding.UTF8.GetBytes(payload), Qos = qos };
    }

    public static TopicFilter Filter(string text)
    {
        Assert.True(TopicFilter.TryParse(text, out var filter));
        return filter;
    }

    public static SessionRecord Session(long number) => new() { Number = number, ClientId = $"client-{number}", Expiry = TimeSpan.MaxValue };

    public static DelayedMessage Delayed(long number, string payload = "later") =>
        new(number, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero) + TimeSpan.FromSeconds(number), MessageOn($"delayed/{number}", payload));

    public LogEntry Entry(long queue, long position, Message? message = null, QualityOfService qos = QualityOfService.AtLeastOnce)
    {
        message ??= MessageOn($"plant/{queue}", $"value {position}");
        return new LogEntry(queue, position) { Qos = qos, Size = message.Size, Message = message, Owner = Owner };
    }

    /// <summary>Appends an entry and gives it back.</summary>
    public LogEntry Append(long queue, long position, Message? message = null, QualityOfService qos = QualityOfService.AtLeastOnce)
    {
        var entry = Entry(queue, position, message, qos);
        Store.Append([entry]);
        return entry;
    }

    /// <summary>Waits until the store's thread has done what it can do by now, without making it write.</summary>
    public async Task SettleAsync()
    {
        // The first read may be served by a turn of the thread that began earlier; the second comes after a whole turn.
        await Store.ReadAsync(LogEntry.MaxQueue, 0, 1);
        await Store.ReadAsync(LogEntry.MaxQueue, 0, 1);
    }

    /// <summary>Lets time pass, in which the store's thread does what falls due.</summary>
    public async Task PassAsync(double milliseconds)
    {
        Clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
        await SettleAsync();
    }

    public async Task<long[]> PositionsAsync(long queue) =>
        [.. (await Store.ReadAsync(queue, 0, EntryKey.MaxPosition)).Select(read => read.Position)];

    public async Task AssertPositionsAsync(long queue, long[] expected) => Assert.Equal(expected, await PositionsAsync(queue));

    public ValueTask DisposeAsync() => Store.DisposeAsync();

    private static TestStore Open(StorageOptions options, FakeTimeProvider? clock)
    {
        var logger = new RecordingLogger();
        var drops = new Drops();
        var store = SqliteStore.Open(options, drops, clock ?? TimeProvider.System, logger);
        return new TestStore(store, clock, logger, drops);
    }
}
