using System.Text;
using Edge.Gateway.Fronts;
using Edge.Messaging;

namespace Edge.Gateway.Demo;

/// <summary>The application in the cloud: a subscriber that notes every reading.</summary>
internal sealed class DemoCollector : IDeliverySink, IAsyncDisposable
{
    private readonly AsyncSignal _signal = new();
    private readonly DemoLedger _ledger;
    private IBrokerSession? _session;
    private Task? _collecting;
    private volatile bool _isStopping;

    private DemoCollector(DemoLedger ledger) => _ledger = ledger;

    /// <summary>Subscribes and collects until it is disposed.</summary>
    public static async Task<DemoCollector> StartAsync(IBroker cloud, TopicFilter filter, DemoLedger ledger)
    {
        var collector = new DemoCollector(ledger);
        var outcome = await cloud.ConnectAsync(new ConnectRequest { ClientId = "collector", Peer = "127.0.0.1:0", Protocol = "in process" }, collector);
        collector._session = outcome.Session ?? throw new InvalidOperationException($"The cloud refused the collector: {outcome.Refusal}.");
        await collector._session.SubscribeAsync([new Subscription { Filter = filter, MaximumQos = QualityOfService.AtLeastOnce }]);
        collector._collecting = collector.CollectAsync(collector._session);
        return collector;
    }

    public void OnDeliveriesWaiting() => _signal.Set();

    public void OnDetached(DetachReason reason) => _signal.Set();

    public async ValueTask DisposeAsync()
    {
        _isStopping = true;
        _signal.Set();
        await (_collecting ?? Task.CompletedTask);
        _session?.Disconnect(publishWill: false);
    }

    private async Task CollectAsync(IBrokerSession session)
    {
        var deliveries = new Delivery[32];
        while (!_isStopping)
        {
            var count = session.Take(deliveries);
            foreach (var delivery in deliveries.AsSpan(0, count))
            {
                _ledger.Arrive(Encoding.UTF8.GetString(delivery.Message!.Payload.Span));
                session.Acknowledge(delivery.PacketId, Acknowledgement.PubAck);
            }

            if (count == 0)
            {
                await _signal.WaitAsync();
            }
        }
    }
}
