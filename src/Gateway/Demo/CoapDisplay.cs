using System.Net;

namespace Edge.Gateway.Demo;

/// <summary>A display that observes a sensor over CoAP.</summary>
internal sealed class CoapDisplay(string sensor, IPEndPoint gateway, DemoLedger ledger, TimeProvider clock) : IDisposable
{
    private readonly CoapNode _node = new(gateway, clock);

    /// <summary>Observes; completes when the gateway has granted it.</summary>
    public Task StartAsync() => _node.ObserveAsync($"sensors/{sensor}");

    /// <summary>Takes readings until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                ledger.Arrive(await _node.HearAsync(stopping));
            }
        }
        catch (OperationCanceledException)
        {
            // It is switched off.
        }
    }

    public void Dispose() => _node.Dispose();
}
