using Edge.Gateway.Health;
using Edge.Gateway.Tests.Fronts;
using Edge.LocalBroker;
using Edge.Messaging;
using Edge.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Gateway.Tests.Health;

/// <summary>When memory is short the broker learns it, and the log says it once.</summary>
public sealed class MemoryWatchTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new();
    private readonly TemporaryFolder _folder = new();
    private readonly DropCounter _drops = new();
    private readonly RecordingLog _log = new();
    private readonly SemaphoreSlim _looked = new(0);
    private readonly SqliteStore _store;
    private readonly Broker _broker;
    private readonly MemoryWatch _watch;
    private long _used = 50;
    private long _garbage;
    private int _collections;

    public MemoryWatchTests()
    {
        _store = SqliteStore.Open(new StorageOptions { Directory = _folder.Path }, _drops, TimeProvider.System, NullLogger<SqliteStore>.Instance);
        _broker = new Broker(new BrokerOptions(), _store, _store, _drops, _clock, NullLogger<Broker>.Instance);
        _watch = new MemoryWatch(_broker, _drops, Read, Collect, _clock, _log);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _watch.DisposeAsync();
        _broker.Dispose();
        await _store.StopAsync(TestContext.Current.CancellationToken);
        await _store.DisposeAsync();
        _drops.Dispose();
        _folder.Dispose();
        _looked.Dispose();
    }

    [Fact]
    public void Memory_is_short_from_nine_tenths_until_it_is_below_eight_and_each_change_is_said_once()
    {
        Assert.False(IsShortAt(8_999));
        Assert.True(IsShortAt(9_000));
        _drops.Count(DropCause.Memory, 7);
        Assert.True(IsShortAt(9_900));
        Assert.True(IsShortAt(8_000));
        Assert.False(IsShortAt(7_999));
        Assert.False(IsShortAt(8_999));

        Assert.Equal([1030, 1031], _log.Events);
        Assert.Equal("There is enough memory again: 7999 of 10000 octets are used; 7 messages were dropped meanwhile", _log.Last);
        Assert.Equal(new MemoryUse(8_999, 10_000), _watch.Use);
    }

    [Fact]
    public void What_is_garbage_is_not_counted()
    {
        _garbage = 5_000;

        Assert.False(IsShortAt(9_500));

        Assert.Equal((1, 4_500), (_collections, _watch.Use.Used));
        Assert.Empty(_log.Events);
    }

    [Fact]
    public void While_memory_is_short_garbage_is_collected_now_and_then()
    {
        Assert.True(IsShortAt(9_500));
        _garbage = 5_000;
        for (var second = 0; second < 4; second++)
        {
            Assert.True(IsShortAt(9_500));
        }

        Assert.False(IsShortAt(9_500));
        Assert.Equal(2, _collections);
    }

    [Fact]
    public async Task It_looks_once_a_second()
    {
        await _looked.WaitAsync(TestContext.Current.CancellationToken); // At the beginning.
        _clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(0, _looked.CurrentCount);

        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(await _looked.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void The_use_of_this_process_is_read_from_the_system()
    {
        var use = MemoryUse.OfProcess(limit: 0);

        Assert.InRange(use.Used, 1024 * 1024, Environment.WorkingSet);
        Assert.InRange(use.Limit, use.Used, long.MaxValue);
        Assert.Equal(12_345, MemoryUse.OfProcess(12_345).Limit);
    }

    [Fact]
    public async Task While_memory_is_short_what_clients_publish_at_QoS_0_is_dropped_and_counted_and_nothing_else()
    {
        var bridge = await ConnectAsync("$edge/bridge/cloud", new QueueLimits(10, 10_000, default, 10));
        var client = await ConnectAsync("client", null);
        _broker.IsShortOfMemory = true;

        Assert.Equal(PublishOutcome.QuotaExceeded, await client.PublishAsync(MessageOf(QualityOfService.AtMostOnce)));
        Assert.Equal(PublishOutcome.QuotaExceeded, await _broker.PublishAsync(MessageOf(QualityOfService.AtMostOnce), isOwn: false, "127.0.0.1:1"));
        Assert.Equal(PublishOutcome.NoMatchingSubscribers, await client.PublishAsync(MessageOf(QualityOfService.AtLeastOnce)));
        Assert.Equal(PublishOutcome.NoMatchingSubscribers, await bridge.PublishAsync(MessageOf(QualityOfService.AtMostOnce)));
        Assert.Equal(PublishOutcome.NoMatchingSubscribers, await _broker.PublishAsync(MessageOf(QualityOfService.AtMostOnce), isOwn: true));

        Assert.Equal(2, _drops.Read(DropCause.Memory));
    }

    private static Message MessageOf(QualityOfService qos) =>
        new() { Topic = TopicName.TryParse("t", out var topic) ? topic : default, Payload = default, Qos = qos };

    private async Task<IBrokerSession> ConnectAsync(string clientId, QueueLimits? queue) =>
        (await _broker.ConnectAsync(new ConnectRequest { ClientId = clientId, Queue = queue, Peer = "127.0.0.1:1" }, new NoSink())).Session!;

    private MemoryUse Read()
    {
        _looked.Release();
        return new MemoryUse(_used, 10_000);
    }

    private void Collect()
    {
        _collections++;
        _used -= _garbage;
        _garbage = 0;
    }

    private bool IsShortAt(long used)
    {
        _used = used;
        _watch.Look();
        return _broker.IsShortOfMemory;
    }

    private sealed class NoSink : IDeliverySink
    {
        public void OnDeliveriesWaiting()
        {
        }

        public void OnDetached(DetachReason reason)
        {
        }
    }
}
