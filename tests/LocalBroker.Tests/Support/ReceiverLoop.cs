using System.Threading.Channels;
using Edge.Messaging;

namespace Edge.LocalBroker.Tests.Support;

/// <summary>A receiver with a loop of its own, as every connection has one.</summary>
internal sealed class ReceiverLoop : IDeliverySink
{
    private readonly Channel<bool> _woken = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Broker _broker;
    private readonly ConnectRequest _request;
    private readonly bool _reconnects;
    private Task _running = Task.CompletedTask;
    private volatile bool _isEnding;

    private ReceiverLoop(Broker broker, ConnectRequest request, bool reconnects) =>
        (_broker, _request, _reconnects) = (broker, request, reconnects);

    public string ClientId => _request.ClientId;

    public Receiver Receiver { get; private set; } = null!;

    /// <param name="broker">Where to.</param>
    /// <param name="clientId">Who.</param>
    /// <param name="qos">QoS of its subscription to <c>t/+</c>.</param>
    /// <param name="expiry">Session Expiry Interval.</param>
    /// <param name="reconnects">Whether it loses its connection every now and then, with acknowledgements under way.</param>
    public static async Task<ReceiverLoop> BeginAsync(Broker broker, string clientId, QualityOfService qos, TimeSpan expiry, bool reconnects)
    {
        var loop = new ReceiverLoop(broker, new ConnectRequest { ClientId = clientId, CleanStart = false, SessionExpiry = expiry }, reconnects);
        var outcome = await broker.ConnectAsync(loop._request, loop);
        await outcome.Session!.SubscribeAsync([new Subscription { Filter = Names.Filter("t/+"), MaximumQos = qos }]);
        loop.Receiver = new Receiver(outcome.Session, outcome.SessionPresent);
        loop._running = Task.Run(() => loop.RunAsync(outcome.Session));
        return loop;
    }

    /// <summary>Ends when there is nothing left to receive.</summary>
    public async Task EndAsync()
    {
        _isEnding = true;
        OnDeliveriesWaiting();
        await _running.WaitAsync(Names.Limit, TestContext.Current.CancellationToken);
    }

    public void OnDeliveriesWaiting() => _woken.Writer.TryWrite(true);

    public void OnDetached(DetachReason reason) => Assert.Fail($"{ClientId} was parted: {reason}");

    private async Task RunAsync(IBrokerSession session)
    {
        var random = new Random(1);
        while (!_isEnding || _broker.QueueOf(ClientId)!.Value.Messages > 0)
        {
            await _woken.Reader.ReadAsync();
            var loses = _reconnects && random.Next(4) == 0;
            while (Receiver.Turn(loses ? random.Next(8) : int.MaxValue) && !loses)
            {
            }

            if (loses)
            {
                session.Disconnect(publishWill: true);
                var outcome = await _broker.ConnectAsync(_request, this);
                session = outcome.Session!;
                Receiver.Reconnect(session, outcome.SessionPresent);
                OnDeliveriesWaiting();
            }
        }
    }
}
