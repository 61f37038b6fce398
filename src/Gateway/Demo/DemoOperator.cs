using System.Text;
using Edge.Messaging;

namespace Edge.Gateway.Demo;

/// <summary>The operator in the cloud, who sends commands to a valve that sleeps.</summary>
internal sealed class DemoOperator : IDeliverySink, IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly DemoLedger _commands;
    private readonly TimeProvider _clock;
    private Task _sending = Task.CompletedTask;

    private DemoOperator(DemoLedger commands, TimeProvider clock) => (_commands, _clock) = (commands, clock);

    /// <summary>Sends commands until it is stopped.</summary>
    public static async Task<DemoOperator> StartAsync(IBroker cloud, TimeSpan interval, DemoLedger commands, TimeProvider clock)
    {
        var self = new DemoOperator(commands, clock);
        var outcome = await cloud.ConnectAsync(new ConnectRequest { ClientId = "operator", Peer = "127.0.0.1:0", Protocol = "in process" }, self);
        self._sending = self.SendAsync(outcome.Session ?? throw new InvalidOperationException($"The cloud refused the operator: {outcome.Refusal}."), interval);
        return self;
    }

    public void OnDeliveriesWaiting()
    {
    }

    public void OnDetached(DetachReason reason) => _stopping.Cancel();

    /// <summary>Sends no more.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _sending;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    private async Task SendAsync(IBrokerSession session, TimeSpan interval)
    {
        var topic = TopicName.TryParse(SleepingValve.Topic, out var valid) ? valid : throw new InvalidOperationException($"{SleepingValve.Topic} is no Topic Name.");
        for (var number = 1; !_stopping.IsCancellationRequested; number++)
        {
            var command = $"turn {number}";
            var outcome = await session.PublishAsync(new Message { Topic = topic, Payload = Encoding.ASCII.GetBytes(command), Qos = QualityOfService.AtLeastOnce });
            if (outcome == PublishOutcome.Accepted)
            {
                _commands.Acknowledge(command); // Before the bridge is there for the first time nobody would get it.
            }

            await Task.Delay(interval, _clock, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        session.Disconnect(publishWill: false);
    }
}
