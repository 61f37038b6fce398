using Edge.LocalBroker.Sessions;
using Edge.LocalBroker.Tests.Support;
using Edge.Messaging.Stores;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests.Sessions;

/// <summary>What a queue costs. Alone, as it measures the whole process.</summary>
[Collection(nameof(Alone))]
public sealed class MemoryTests
{
    // A client that pings but never acknowledges one message, for days.
    [Fact]
    public async Task One_message_stuck_in_flight_makes_the_queue_behind_it_no_larger_than_its_limit()
    {
        using var broker = new TestBroker(new BrokerOptions { MaxQueuedMessages = 100, MaxInflight = 1 });
        var subscriber = await broker.SubscriberAsync("s");
        await broker.PublishAsync("t", "stuck", Qos1);
        subscriber.TakeOne();
        var message = MessageOf("t", "x", Qos1);
        await Flood(1_000);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        await Flood(200_000);

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 500_000);
        Assert.Equal(100, broker.Broker.QueueOf("s")!.Value.Messages);
        GC.KeepAlive(subscriber);

        async Task Flood(int count)
        {
            for (var i = 0; i < count; i++)
            {
                await broker.Broker.PublishAsync(message, isOwn: true);
            }
        }
    }

    [Fact]
    public void A_backlog_costs_some_octets_for_each_message()
    {
        var waiting = new WaitingEntries();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 300_000; i++)
        {
            var entry = new LogEntry(1, waiting.End) { Qos = Qos1, Size = 10 };
            waiting.Add(entry);
            waiting.OnStored(entry);
            entry.IsStored = true;
        }

        Assert.InRange((GC.GetTotalMemory(forceFullCollection: true) - before) / 300_000.0, 0, 12);
        Assert.Equal(300_000, waiting.Count);
    }
}
