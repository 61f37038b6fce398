using System.Net;

namespace Edge.Gateway.Demo;

/// <summary>A sensor that posts a reading over CoAP, again while it is not acknowledged, and only then goes on.</summary>
internal sealed class CoapSensor(string name, IPEndPoint gateway, TimeSpan interval, IReadOnlyList<DemoLedger> ledgers, TimeProvider clock)
{
    /// <summary>Publishes until it is stopped; the reading under way is finished.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var node = new CoapNode(gateway, clock);
        for (var number = 1; !stopping.IsCancellationRequested; number++)
        {
            await node.PublishAsync($"sensors/{name}", $"{name} {number}");
            foreach (var ledger in ledgers)
            {
                ledger.Acknowledge($"{name} {number}");
            }

            await Task.Delay(interval, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
