using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests.Sessions;

/// <summary>Publishers pause for a connected receiver that falls behind: a moment, and once.</summary>
public sealed class CongestionTests : IDisposable
{
    private const int Limit = 1_000;
    private readonly TestBroker _broker = new(new BrokerOptions { MaxQueuedMessages = Limit, MaxInflight = 10 });

    public void Dispose() => _broker.Dispose();

    [Theory]
    [InlineData(Qos0)]
    [InlineData(Qos1)]
    public async Task A_publish_that_makes_the_queue_more_than_half_full_waits_until_it_is_down_to_a_quarter(QualityOfService qos)
    {
        var subscriber = await _broker.SubscriberAsync("s");
        Assert.All(Publish(Limit / 2, qos), outcome => Assert.True(outcome.IsCompletedSuccessfully));
        var waiting = Assert.Single(Publish(1, qos));

        Take(subscriber, Limit / 4);
        Assert.False(waiting.IsCompleted);
        Take(subscriber, 1);

        Assert.Equal(PublishOutcome.Accepted, await Done(waiting));
        Assert.Empty(_broker.Lost);
    }

    [Fact]
    public async Task Nobody_waits_longer_than_100_ms_and_not_again_before_the_receiver_has_caught_up()
    {
        var subscriber = await _broker.SubscriberAsync("s");
        var waiting = Publish((Limit / 2) + 2, Qos1);
        _broker.Clock.Advance(TimeSpan.FromMilliseconds(99));
        Assert.Equal(2, waiting.Count(outcome => !outcome.IsCompleted));

        _broker.Clock.Advance(TimeSpan.FromMilliseconds(1));

        await Task.WhenAll(waiting).WaitAsync(Names.Limit, TestContext.Current.CancellationToken);
        Assert.True(Publish(1, Qos1)[0].IsCompletedSuccessfully);
        Take(subscriber, (Limit / 4) + 3);
        Publish(Limit / 4, Qos1);
        Assert.False(Publish(1, Qos1)[0].IsCompleted);
    }

    [Fact]
    public async Task An_absent_receiver_is_not_waited_for()
    {
        (await _broker.SubscriberAsync("s", qos: Qos1, expiry: Hour)).Disconnect();
        var outcomes = Publish(Limit, Qos1);

        _broker.Store.Commit();

        await Task.WhenAll(outcomes).WaitAsync(Names.Limit, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("lost")]
    [InlineData("taken over")]
    [InlineData("ended")]
    public async Task A_receiver_that_goes_is_not_waited_for_any_longer(string how)
    {
        var subscriber = await _broker.SubscriberAsync("s", qos: Qos1, expiry: Hour);
        var waiting = Publish((Limit / 2) + 1, Qos1)[^1];
        _broker.Store.Commit();
        Assert.False(waiting.IsCompleted);

        switch (how)
        {
            case "lost":
                subscriber.Lose();
                break;
            case "taken over":
                await _broker.ConnectAsync("s", Hour);
                break;
            default:
                await _broker.ConnectAsync("s", cleanStart: true);
                break;
        }

        Assert.Equal(PublishOutcome.Accepted, await Done(waiting));
    }

    private static Task<PublishOutcome> Done(Task<PublishOutcome> outcome) => outcome.WaitAsync(Names.Limit, TestContext.Current.CancellationToken);

    private static void Take(TestClient subscriber, int count)
    {
        var one = new Delivery[1];
        for (var i = 0; i < count; i++)
        {
            Assert.Equal(1, subscriber.Session.Take(one));
            subscriber.Session.Acknowledge(one[0].PacketId, Acknowledgement.PubAck);
        }

        // What was acknowledged last is seen by the next who takes.
        subscriber.Session.Take([]);
    }

    private List<Task<PublishOutcome>> Publish(int count, QualityOfService qos) =>
        [.. Enumerable.Range(0, count).Select(i => _broker.Broker.PublishAsync(MessageOf("t", $"{i}", qos), isOwn: true).AsTask())];
}
