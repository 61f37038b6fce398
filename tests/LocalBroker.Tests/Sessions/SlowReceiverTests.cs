using Edge.LocalBroker.Tests.Support;
using Edge.Messaging;
using static Edge.LocalBroker.Tests.Support.Names;

namespace Edge.LocalBroker.Tests.Sessions;

/// <summary>A receiver that takes nothing fills its own queue to its limits, and no other's.</summary>
public sealed class SlowReceiverTests : IDisposable
{
    private const int MaxMessages = 50;
    private const int MaxBytes = 1_000;
    private const int Count = 500;

    private readonly TestBroker _broker = new(new BrokerOptions { MaxQueuedMessages = MaxMessages, MaxQueuedBytes = MaxBytes });

    public void Dispose() => _broker.Dispose();

    [Theory]
    [InlineData(Qos0, 1, DropCause.SlowReceiver)]
    [InlineData(Qos1, 1, DropCause.QueueFull)]
    [InlineData(Qos0, 99, DropCause.SlowReceiver)]
    [InlineData(Qos1, 99, DropCause.QueueFull)]
    public async Task One_that_takes_nothing_keeps_nothing_from_another_and_its_queue_ends_by_count_and_by_octets(
        QualityOfService qos, int payload, DropCause cause)
    {
        await _broker.SubscriberAsync("stuck", "t", qos);
        var other = await _broker.SubscriberAsync("other", "t", qos);
        var publisher = await _broker.ConnectAsync("publisher");
        var got = 0;

        for (var number = 0; number < Count; number++)
        {
            Assert.True(publisher.BeginPublish("t", new string('x', payload), qos).IsCompletedSuccessfully);
            foreach (var delivery in other.Take())
            {
                other.PubAck(delivery.PacketId);
                got++;
            }
        }

        var queued = _broker.Broker.QueueOf("stuck")!.Value;
        var most = Math.Min(MaxMessages, MaxBytes / (payload + 1));
        Assert.Equal(Count, got);
        Assert.Equal((most, (long)most * (payload + 1)), queued);
        Assert.Equal((0, 0), _broker.Broker.QueueOf("other"));
        Assert.Equal(new() { [cause] = Count - most }, _broker.Lost);
    }
}
