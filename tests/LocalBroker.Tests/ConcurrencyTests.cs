using System.Collections.Concurrent;
using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests;

/// <summary>Many callers at once.</summary>
public sealed class ConcurrencyTests : IAsyncDisposable
{
    private readonly TestBroker _broker = new(new BrokerOptions { MaxQueuedMessages = 500, MaxInflight = 50 });
    private readonly CancellationTokenSource _stopping = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly Task _committing;

    public ConcurrencyTests() => _committing = Task.Run(() => _broker.Store.CommitContinuouslyAsync(_stopping.Token), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _committing;
        _stopping.Dispose();
        _broker.Dispose();
    }

    // Another broker cleaned up by ClientId, and so could delete the session of the connection that had come after.
    [Fact]
    public async Task Connections_that_storm_one_ClientId_leave_one_at_most_and_nothing_behind()
    {
        var connections = new ConcurrentQueue<(IBrokerSession Session, RecordingSink Sink)>();
        await Parallel(8, async (number, random) =>
        {
            for (var i = 0; i < 250; i++)
            {
                var sink = new RecordingSink();
                var outcome = await _broker.Broker.ConnectAsync(
                    new ConnectRequest { ClientId = "c", CleanStart = random.Next(3) == 0, SessionExpiry = random.Next(3) == 0 ? TimeSpan.Zero : Hour },
                    sink);
                var session = outcome.Session!;
                connections.Enqueue((session, sink));
                await session.SubscribeAsync([new Subscription { Filter = Filter($"t/{number}"), MaximumQos = Qos2 }]);
                await session.PublishAsync(MessageOf($"t/{random.Next(8)}", "x", Qos1));
                switch (random.Next(5))
                {
                    case 0:
                        session.Disconnect(publishWill: true);
                        break;
                    case 1:
                        session.Disconnect(publishWill: false, TimeSpan.Zero);
                        break;
                    case 2:
                        await session.UnsubscribeAsync([Filter($"t/{number}")]);
                        break;
                }
            }
        });

        var alive = 0;
        foreach (var (session, _) in connections)
        {
            alive += await session.PublishAsync(MessageOf("u")) == PublishOutcome.Detached ? 0 : 1;
        }

        Assert.InRange(alive, 0, 1);
        Assert.InRange(_broker.Broker.Snapshot().Sessions, alive, 1);
        var last = (await _broker.Broker.ConnectAsync(new ConnectRequest { ClientId = "c", CleanStart = true }, new RecordingSink())).Session!;
        Assert.All(connections.Where(connection => connection.Sink.Detached is not null), connection => Assert.Equal(DetachReason.TakenOver, connection.Sink.Detached));
        last.Disconnect(publishWill: false);
        _broker.Store.Commit();
        var snapshot = _broker.Broker.Snapshot();
        Assert.Equal((0, 0, 0, 0L), (snapshot.Sessions, snapshot.Connected, snapshot.Subscriptions, snapshot.QueuedMessages));
        Assert.Equal((0, 0, 0), (_broker.Store.SessionCount, _broker.Store.EntryCount, _broker.Store.Orphans));
    }

    // A connection that was told it has the session must keep it until it is told otherwise.
    [Fact]
    public async Task A_session_that_is_resumed_in_the_moment_it_expires_is_either_whole_or_new()
    {
        for (var round = 0; round < 300; round++)
        {
            var client = await ConnectAsync("c", Hour, cleanStart: true);
            await client.SubscribeAsync([new Subscription { Filter = Filter("t"), MaximumQos = Qos1 }]);
            client.Disconnect(publishWill: false, TimeSpan.FromSeconds(1));
            var expiring = Task.Run(() => _broker.Clock.Advance(TimeSpan.FromSeconds(1)), TestContext.Current.CancellationToken);
            var sink = new RecordingSink();
            var outcome = await Task.Run(
                async () => await _broker.Broker.ConnectAsync(new ConnectRequest { ClientId = "c", CleanStart = false, SessionExpiry = Hour }, sink),
                TestContext.Current.CancellationToken);
            await expiring;

            Assert.Null(sink.Detached);
            Assert.Equal(outcome.SessionPresent ? 1 : 0, outcome.Session!.Subscriptions.Count);
            Assert.Equal(outcome.SessionPresent ? 1 : 0, _broker.Broker.Snapshot().Subscriptions);
            Assert.Equal((1, 1), (_broker.Broker.Snapshot().Sessions, _broker.Broker.Snapshot().Connected));
        }
    }

    [Fact]
    public async Task Every_message_for_every_receiver_is_delivered_or_counted_exactly_once()
    {
        const int Publishers = 4;
        const int Messages = 1_500;
        var loops = new List<ReceiverLoop>();
        for (var i = 0; i < 3; i++)
        {
            loops.Add(await ReceiverLoop.BeginAsync(_broker.Broker, $"durable{i}", Qos1, Hour, reconnects: i == 1));
            loops.Add(await ReceiverLoop.BeginAsync(_broker.Broker, $"exact{i}", Qos2, Hour, reconnects: i == 1));
            loops.Add(await ReceiverLoop.BeginAsync(_broker.Broker, $"fleeting{i}", Qos2, default, reconnects: false));
        }

        var absent = await ConnectAsync("absent", Hour);
        await absent.SubscribeAsync([new Subscription { Filter = Filter("t/+"), MaximumQos = Qos2 }]);
        absent.Disconnect(publishWill: false);

        await Parallel(Publishers, async (number, random) =>
        {
            var publisher = await ConnectAsync($"p{number}", default);
            var answers = new Queue<Task<PublishOutcome>>();
            for (var i = 0; i < Messages; i++)
            {
                answers.Enqueue(publisher.PublishAsync(MessageOf($"t/{number}", $"{number}.{i}", random.Next(2) == 0 ? Qos1 : Qos2)).AsTask());
                if (answers.Count > 20)
                {
                    Assert.Equal(PublishOutcome.Accepted, await answers.Dequeue());
                }
            }

            Assert.All(await Task.WhenAll(answers), outcome => Assert.Equal(PublishOutcome.Accepted, outcome));
        });

        loops.Add(await ReceiverLoop.BeginAsync(_broker.Broker, "absent", Qos2, Hour, reconnects: false));
        foreach (var loop in loops)
        {
            await loop.EndAsync();
        }

        var delivered = loops.Sum(loop => loop.Receiver.Got.Distinct().Count());
        Assert.Equal([DropCause.QueueFull], _broker.Lost.Keys);
        Assert.Equal(loops.Count * Publishers * Messages, delivered + _broker.Lost[DropCause.QueueFull]);
        Assert.All(loops, loop => Assert.Equal((0, 0L), _broker.Broker.QueueOf(loop.ClientId)));
        foreach (var loop in loops)
        {
            for (var publisher = 0; publisher < Publishers; publisher++)
            {
                var numbers = loop.Receiver.Got.Distinct()
                    .Where(payload => payload[0] == '0' + publisher)
                    .Select(payload => int.Parse(payload[2..], null))
                    .ToList();
                Assert.Equal(numbers.Order(), numbers);
            }
        }

        _broker.Store.Commit();
        Assert.Equal(0, _broker.Store.EntryCount);
    }

    [Fact]
    public async Task Quality_2_messages_come_exactly_once_whoever_publishes_and_however_often_the_receiver_returns()
    {
        var loop = await ReceiverLoop.BeginAsync(_broker.Broker, "s", Qos2, Hour, reconnects: true);
        await Parallel(4, async (number, _) =>
        {
            for (var i = 0; i < 400; i++)
            {
                await _broker.Broker.PublishAsync(MessageOf($"t/{number}", $"{number}.{i}", Qos2), isOwn: true);
            }
        });

        await loop.EndAsync();

        Assert.Equal(1_600, loop.Receiver.Got.Count + _broker.Drops.Read(DropCause.QueueFull));
        Assert.Equal(loop.Receiver.Got.Count, loop.Receiver.Got.Distinct().Count());
    }

    [Fact]
    public async Task Subscriptions_that_come_and_go_under_load_leave_nothing_behind()
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var publishing = Task.Run(
            async () =>
            {
                while (!done.IsCancellationRequested)
                {
                    await _broker.Broker.PublishAsync(MessageOf("a/b", "x", Qos1, retain: true), isOwn: true);
                }
            },
            TestContext.Current.CancellationToken);

        await Parallel(4, async (number, random) =>
        {
            for (var i = 0; i < 200; i++)
            {
                var session = await ConnectAsync($"c{number}", random.Next(2) == 0 ? Hour : default);
                var filter = Filter(random.Next(4) switch { 0 => "a/b", 1 => "a/+", 2 => "#", _ => "a/b/#" });
                await session.SubscribeAsync([new Subscription { Filter = filter, MaximumQos = (QualityOfService)random.Next(3) }]);
                session.Take(new Delivery[10]);
                if (random.Next(2) == 0)
                {
                    await session.UnsubscribeAsync([filter]);
                }

                session.Disconnect(publishWill: false, TimeSpan.Zero);
            }
        });
        await done.CancelAsync();
        await publishing;

        var snapshot = _broker.Broker.Snapshot();
        Assert.Equal((0, 0, 1), (snapshot.Sessions, snapshot.Subscriptions, snapshot.Retained));
        _broker.Store.Commit();
        Assert.Equal((0, 0, 0), (_broker.Store.SessionCount, _broker.Store.EntryCount, _broker.Store.Orphans));
    }

    private static async Task Parallel(int count, Func<int, Random, Task> body) =>
        await Task.WhenAll(Enumerable.Range(0, count).Select(number => Task.Run(() => body(number, new Random(number)), TestContext.Current.CancellationToken)))
            .WaitAsync(Limit, TestContext.Current.CancellationToken);

    private async Task<IBrokerSession> ConnectAsync(string clientId, TimeSpan expiry, bool cleanStart = false) =>
        (await _broker.Broker.ConnectAsync(new ConnectRequest { ClientId = clientId, CleanStart = cleanStart, SessionExpiry = expiry }, new RecordingSink())).Session!;
}
